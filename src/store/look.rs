//! Up to where each person has looked at the log.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::{
    Store, StoreError,
    rows::{micros, run},
};
use crate::model::ToldPlace;

impl Store {
    /// Returns the telling up to which a person has looked; `None` for one who never has.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn looked_up_to(&self, who: &str) -> Result<Option<ToldPlace>, StoreError> {
        let sql = "SELECT told FROM look WHERE who = ?1";
        self.read("a look at the log", |connection| {
            let found = connection.prepare_cached(sql)?.query_row([who], |row| row.get(0));
            Ok(found.optional()?.map(ToldPlace))
        })
    }

    /// Notes up to which telling a person has looked.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_look(
        &mut self,
        who: &str,
        up_to: ToldPlace,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO look (who, told, looked_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (who) DO UPDATE SET told = ?2, looked_at = ?3";
        self.write("note a look at the log", |tx| {
            run(tx, sql, params![who, up_to.0, micros(at)]).map(drop)
        })
    }
}
