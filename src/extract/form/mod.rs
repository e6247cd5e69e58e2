//! The forms that facts take in a document, one file each. A form finds matches and says where they are.

pub(crate) mod clauses;
pub(crate) mod data;
pub(crate) mod feed;
pub(crate) mod items;
pub(crate) mod json;
mod labelled;
pub(crate) mod labels;
pub(crate) mod law;
pub(crate) mod lists;
pub(crate) mod matrix;
pub(crate) mod prose;
pub(crate) mod sentences;
mod stated;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod xml;
