//! The page as it came, made ready to read: the body's bytes as text, the parsed tree within its bounds,
//! and what a page says of itself.

pub(crate) mod body;
pub(crate) mod bounds;
pub(crate) mod charset;
pub(crate) mod language;
pub(crate) mod node;
pub(crate) mod stamp;
pub(crate) mod standin;
pub(crate) mod survey;
pub(crate) mod tree;
