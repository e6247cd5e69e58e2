//! The text of a PDF as it is laid out: lines, an outline told by how they look, and tables told by
//! the headers a recipe looks for.

mod columns;
pub(crate) mod layout;
mod lines;
mod rows;
