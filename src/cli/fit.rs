//! Fits what is written for a person to the terminal: no line goes off its edge.

use std::io::{self, Write};

use super::{Out, columns};
use crate::render::fit;

/// Writes lines that fit the terminal; where there is none, as they are.
pub(super) struct Fitted<'a> {
    out: &'a mut dyn Out,
    width: Option<usize>,
    line: Vec<u8>,
}

impl<'a> Fitted<'a> {
    /// Lines to be written there. What has no line end is written when it is flushed.
    pub(super) fn new(out: &'a mut dyn Out) -> Self {
        Self { out, width: columns(), line: Vec::new() }
    }

    fn write_line(&mut self, end: &str) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = self.width.map_or_else(|| line.to_string(), |width| fit(&line, width));
        write!(self.out, "{line}{end}")
    }
}

impl Write for Fitted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                Some(part) => {
                    self.line.extend_from_slice(part);
                    self.write_line("\n")?;
                }
                None => self.line.extend_from_slice(part),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.write_line("")?;
        }
        self.out.flush()
    }
}
