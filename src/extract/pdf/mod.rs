//! The laid-out text of a PDF: lines, an outline recognized by how they look, and tables recognized by the
//! headers a recipe looks for.

mod columns;
pub(crate) mod layout;
mod lines;
mod rows;
