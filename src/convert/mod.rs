//! Turns documents that are not text into text, with programs of the system.
//!
//! The door to other programs, and the only place that starts them. A [`Converter`] takes bytes and
//! returns text, or the breakage that makes the check *broken*; it reads and writes no file. It also asks
//! `git` for the versions of a file.
//!
//! Promises:
//! - A program gets its input and nothing else: none of our environment, none of our files. `git`, which is
//!   asked for the history of a file, reads the repository that the file is in.
//! - It is limited in time, processor time, memory and output, and ended when it goes over a limit.
//!   The limits on the processor and on memory need `prlimit` (util-linux); the others do not.
//! - For a missing program, the error names the package that has it.

mod child;
mod git;

use std::time::Duration;

pub use git::GitVersion;

use self::child::{Child, Ended, Stop};
use crate::model::{Breakage, text};

/// Where programs are looked for: the system's folders, not a user's.
pub const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// How much may be spent on one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The longest time. 60 s by default.
    pub time: Duration,
    /// The most seconds of processor time. 20 by default: a guide of 200 pages takes a quarter of a
    /// second.
    pub processor_seconds: u64,
    /// The most memory in bytes. 256 MiB by default: that guide takes a tenth of it.
    pub memory_bytes: u64,
    /// The most text in bytes. 8 MiB by default: that guide has a seventh of it.
    pub output_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(60),
            processor_seconds: 20,
            memory_bytes: 256 << 20,
            output_bytes: 8 << 20,
        }
    }
}

/// Turns documents that are not text into text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converter {
    path: String,
    bounds: Bounds,
}

impl Default for Converter {
    fn default() -> Self {
        Self::new(PATH, Bounds::default())
    }
}

impl Converter {
    /// A converter with its own limits, whose programs are in other folders (separated by colons).
    #[must_use]
    pub fn new(path: &str, bounds: Bounds) -> Self {
        Self { path: path.to_owned(), bounds }
    }

    /// Returns the name and version of the program that makes text of a PDF: another version may lay the
    /// text out differently. `None` when the program is missing.
    #[must_use]
    pub fn pdf_version(&self) -> Option<String> {
        let asked = Child { program: "pdftotext", arguments: &["-v"], path: &self.path };
        let said = asked.run(&[], &self.bounds).ok()?.said;
        said.lines().next().map(|line| text::excerpt(&text::canonical(line), 60))
    }

    /// Returns the text of a PDF, laid out as on its pages, a form feed after each.
    ///
    /// # Errors
    /// The breakage, when the program is missing, the PDF is damaged, is locked or has no words, or the
    /// program takes too much.
    pub fn pdf(&self, pdf: &[u8]) -> Result<String, Breakage> {
        let arguments = ["-layout", "-enc", "UTF-8", "-", "-"];
        let run = Child { program: "pdftotext", arguments: &arguments, path: &self.path };
        let ended = run.run(pdf, &self.bounds).map_err(|stop| self.breakage(stop))?;
        sound(ended)
    }

    fn breakage(&self, stop: Stop) -> Breakage {
        let Bounds { time, processor_seconds, memory_bytes, output_bytes } = &self.bounds;
        let over = |what| Breakage::TooLarge { limit: format!("making text of the PDF {what}") };
        match stop {
            Stop::Missing => Breakage::Unconverted {
                why: "`pdftotext` is not installed: install the package poppler-utils".to_owned(),
            },
            Stop::Failed(error) => {
                Breakage::Unconverted { why: format!("running `pdftotext`: {error}") }
            }
            Stop::Time => over(format!("takes more than {time:?}")),
            Stop::Processor => {
                over(format!("takes more than {processor_seconds} s of the processor"))
            }
            Stop::Memory => over(format!("takes more than {} MiB of memory", memory_bytes >> 20)),
            Stop::Output => over(format!("gives more than {} MiB", output_bytes >> 20)),
        }
    }
}

/// The text of a PDF, if it was read whole.
fn sound(ended: Ended) -> Result<String, Breakage> {
    // What the program says of a PDF when it has lost part of it.
    const LOST: [&str; 4] =
        ["xref table", "trailer dictionary", "flate stream", "Failed to create page"];
    let Ended { well, output, said } = ended;
    let invalid = |error: String| Err(Breakage::Invalid { error });
    let lost = |line: &&str| LOST.iter().any(|words| line.contains(words));
    let told = |line: &str| text::excerpt(&text::canonical(line), 200);
    if said.contains("Incorrect password") {
        return invalid("the PDF is locked: it wants a password".to_owned());
    }
    if let Some(line) = said.lines().find(lost) {
        return invalid(format!("the PDF is damaged: {}", told(line)));
    }
    if !well {
        let why = said.lines().next().unwrap_or("no reason is given");
        return invalid(format!("the PDF cannot be read: {}", told(why)));
    }
    let text = String::from_utf8_lossy(&output).into_owned();
    if text.trim().is_empty() {
        return invalid("there are no words in the PDF; it may be a picture of them".to_owned());
    }
    Ok(text)
}
