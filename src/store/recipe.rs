//! The text of the recipes that pages were read with, so that a past reading can be repeated.

use data_encoding::HEXLOWER;
use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use super::{
    ReadWith, Store, StoreError,
    error::Trouble,
    rows::{Table, first, run},
};

const TABLE: Table = Table { name: "recipe", key: "hash" };

impl Store {
    /// Returns the text of a recipe by its hash, which is verified; `None` for one that no page was read
    /// with since texts are kept.
    ///
    /// # Errors
    /// When it is altered, or the database cannot be read.
    pub fn recipe(&self, hash: &str) -> Result<Option<String>, StoreError> {
        self.read("a recipe", |connection| {
            let sql = "SELECT hash, text FROM recipe WHERE hash = ?1";
            let text = first(connection, sql, [hash], TABLE, |cells| cells.get::<String>("text"))?;
            text.map(|text| proven(hash, text)).transpose()
        })
    }
}

/// Stores the text of the recipe that a page was read with, unless it is stored already.
pub(super) fn put(connection: &Connection, with: ReadWith<'_>, at: i64) -> Result<(), Trouble> {
    let sql = "SELECT 1 FROM recipe WHERE hash = ?1";
    if connection.prepare_cached(sql)?.exists([with.recipe])? {
        return Ok(());
    }
    let text = proven(with.recipe, with.text.to_owned())?;
    let sql = "INSERT INTO recipe (hash, text, first_used_at) VALUES (?1, ?2, ?3)";
    run(connection, sql, params![with.recipe, text, at])?;
    Ok(())
}

fn proven(hash: &str, text: String) -> Result<String, Trouble> {
    let found = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    if found != hash {
        return Err(StoreError::RecipeAltered { hash: hash.to_owned(), found }.into());
    }
    Ok(text)
}
