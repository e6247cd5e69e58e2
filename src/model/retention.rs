//! How long things are kept, as the operator sets it.

/// How long things are kept. Facts, changes, and the pages that prove them are kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days that rows of checks without news are kept; `None`: for ever.
    pub checks_days: Option<u32>,
    /// Days that pages backing no fact and no change are kept; `None`: for ever.
    pub bodies_days: Option<u32>,
    /// Days that the text of letters is kept after they were sent; `None`: for ever.
    pub letters_days: Option<u32>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { checks_days: Some(365), bodies_days: Some(14), letters_days: Some(90) }
    }
}
