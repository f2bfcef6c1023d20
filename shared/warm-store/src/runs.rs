use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use lambda_kit::BoxFuture;
use serde::{Deserialize, Serialize};
use store::StoreError;
use warming::Run;

use crate::documents::{Row, RowKey, Versioned, expires_at, text, unusable};
use crate::rows::WarmStore;

/// The partition of the runs that are not closed.
const OPEN: &str = "open";

/// Where a run's pages come from. It is kept with the run, so that a plan that was cut goes on
/// with the same pages whatever has been configured since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RunPages {
    /// A sitemap or an index of sitemaps, by its path.
    Sitemap {
        /// Such as `/sitemap.xml`.
        path: String,
    },
    /// The pages that a warm cache spares the origin most.
    Hot {
        /// So many at most.
        top: usize,
    },
    /// Named pages, such as those of a request.
    List {
        /// Paths; `*` stands for any text.
        paths: Vec<String>,
    },
}

impl WarmStore {
    /// A run; `None` where there is none, or none any more.
    ///
    /// # Errors
    /// A failed call, or a row that cannot be read.
    pub fn run<'a>(
        &'a self,
        run: &'a str,
    ) -> BoxFuture<'a, Result<Option<Versioned<Run>>, StoreError>> {
        Box::pin(async move { self.read(&run_key(run)).await })
    }

    /// Where a run's pages come from; `None` where there is no such run.
    ///
    /// # Errors
    /// A failed call, or a row that cannot be read.
    pub fn run_pages<'a>(
        &'a self,
        run: &'a str,
    ) -> BoxFuture<'a, Result<Option<RunPages>, StoreError>> {
        Box::pin(async move {
            let pages = self.read(&pages_key(run)).await?;
            Ok(pages.map(|pages| pages.value))
        })
    }

    /// Begins a run unless it was begun before: `false` then. Its name says what it is for, so
    /// that whoever begins it twice means the same run.
    ///
    /// # Errors
    /// A failed call.
    pub fn begin_run<'a>(
        &'a self,
        run: &'a Run,
        pages: &'a RunPages,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let key = run_key(&run.id);
            let run_row = self.put_of(&key, &Versioned::new(run), now_ms)?;
            let pages = Versioned::new(pages);
            let pages_row = self.put_of(&pages_key(&run.id), &pages, now_ms)?;
            let open_row = self.open_row(&run.id, now_ms)?;
            self.transact(&key, vec![run_row, pages_row, open_row])
                .await
        })
    }

    /// Writes a run that was read: `false` when another invocation wrote it first.
    ///
    /// # Errors
    /// A failed call.
    pub fn put_run<'a>(
        &'a self,
        run: &'a Versioned<Run>,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move { self.write(&run_key(&run.value.id), run, now_ms).await })
    }

    /// Writes a run that is closed, and takes it from the open ones: `false` when another
    /// invocation wrote it first.
    ///
    /// # Errors
    /// A failed call.
    pub fn close_run<'a>(
        &'a self,
        run: &'a Versioned<Run>,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let key = run_key(&run.value.id);
            let run_row = self.put_of(&key, run, now_ms)?;
            let open = RowKey::new(OPEN, run.value.id.as_str());
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(open.item()))
                .build()
                .map_err(|error| unusable("delete the row", &open, error))?;
            let delete = TransactWriteItem::builder().delete(delete).build();
            self.transact(&key, vec![run_row, delete]).await
        })
    }

    /// The names of the runs that are not closed, in alphabetical order, read consistently.
    ///
    /// # Errors
    /// A failed call.
    pub fn open_runs(&self) -> BoxFuture<'_, Result<Vec<String>, StoreError>> {
        Box::pin(async move {
            let mut pages = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(OPEN))
                .into_paginator()
                .send();
            let mut runs = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| StoreError::call("query the rows", OPEN, error))?;
                let names = page.items().iter().filter_map(|row| row.get("sk"));
                runs.extend(names.filter_map(|name| name.as_s().ok().cloned()));
            }
            Ok(runs)
        })
    }

    /// Says that a run is open. Without a condition: the run's own row has one.
    fn open_row(&self, run: &str, now_ms: i64) -> Result<TransactWriteItem, StoreError> {
        let key = RowKey::new(OPEN, run);
        let mut item: Row = key.item();
        item.insert("expires_at".to_owned(), expires_at(now_ms));
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .build()
            .map_err(|error| unusable("put the row", &key, error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

pub(crate) fn partition(run: &str) -> String {
    format!("run#{run}")
}

fn run_key(run: &str) -> RowKey {
    RowKey::new(partition(run), "run")
}

fn pages_key(run: &str) -> RowKey {
    RowKey::new(partition(run), "pages")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_stored_by_their_kind() {
        let json = |pages: &RunPages| serde_json::to_string(pages).unwrap();
        let path = "/sitemap.xml".to_owned();
        assert_eq!(
            json(&RunPages::Sitemap { path }),
            r#"{"kind":"sitemap","path":"/sitemap.xml"}"#
        );
        let hot: RunPages = serde_json::from_str(r#"{"kind":"hot","top":500}"#).unwrap();
        assert_eq!(hot, RunPages::Hot { top: 500 });
    }
}
