//! Many files of a table become one with the same rows.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first fault"
)]

use std::error::Error;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use log_tables::{Cell, Compacted, Kind, Table, TableError, TableFile, compact};
use parquet::basic::{Repetition, Type as PhysicalType};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use proptest::prelude::*;

/// What the columns of a row are made of.
type Seed = (i64, Vec<u8>, Option<i64>, Option<f64>, bool);

fn file_of<'a>(table: Table, rows: impl IntoIterator<Item = &'a Seed>) -> Vec<u8> {
    let mut file = TableFile::new(table, Vec::new()).unwrap();
    for (whole, text, maybe, number, flag) in rows {
        let columns = table.columns().iter();
        let cells = columns.map(|column| match column.kind {
            Kind::Time => Cell::Time(*whole),
            Kind::Text | Kind::Id => Cell::Text(text),
            Kind::Count => Cell::Count(*whole),
            Kind::Whole => Cell::Whole(*maybe),
            Kind::Number => Cell::Number(*number),
            Kind::Flag => Cell::Flag(*flag),
        });
        file.push(&cells.collect::<Vec<_>>()).unwrap();
    }
    file.finish().unwrap()
}

fn compacted(table: Table, inputs: &[Vec<u8>]) -> Result<Compacted<Vec<u8>>, TableError> {
    let inputs = inputs.iter().map(|bytes| Ok(Bytes::from(bytes.clone())));
    compact(table, inputs, Vec::new())
}

/// The rows as another program reads them.
fn rows_of(bytes: &[u8]) -> Vec<String> {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    // Printed, so that NaN equals itself.
    rows.map(|row| format!("{:?}", row.unwrap())).collect()
}

/// Two rows of a program that knows other columns than ours.
fn other_file(fields: Vec<Type>) -> Vec<u8> {
    let fields = fields.into_iter().map(Arc::new).collect();
    let schema = Type::group_type_builder("other").with_fields(fields);
    let schema = Arc::new(schema.build().unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    while let Some(mut column) = group.next_column().unwrap() {
        let levels = Some(&[1, 1][..]);
        match column.untyped() {
            ColumnWriter::Int64ColumnWriter(to) => to.write_batch(&[1, 2], levels, None),
            ColumnWriter::ByteArrayColumnWriter(to) => {
                to.write_batch(&[ByteArray::from("a"), ByteArray::from("b")], levels, None)
            }
            ColumnWriter::BoolColumnWriter(to) => to.write_batch(&[true, false], levels, None),
            ColumnWriter::DoubleColumnWriter(to) => to.write_batch(&[1.5, 2.5], levels, None),
            _ => panic!("no such column"),
        }
        .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

/// The first columns of a table, as a file has them.
fn fields_of(table: Table, columns: usize) -> Vec<Type> {
    let reader = SerializedFileReader::new(Bytes::from(file_of(table, []))).unwrap();
    let schema = reader.metadata().file_metadata().schema();
    let fields = schema.get_fields()[..columns].iter();
    fields.map(|field| field.as_ref().clone()).collect()
}

fn older_file(table: Table, columns: usize) -> Vec<u8> {
    other_file(fields_of(table, columns))
}

fn seeds(rows: usize) -> impl Strategy<Value = Vec<Seed>> {
    let text = prop_oneof![
        Just(b"GET".to_vec()),
        "[a-c\u{e9}]{0,3}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..20),
    ];
    let seed = (
        any::<i64>(),
        text,
        any::<Option<i64>>(),
        any::<Option<f64>>(),
        any::<bool>(),
    );
    proptest::collection::vec(seed, 0..rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_file_is_that_of_all_rows(
        table in proptest::sample::select(Table::ALL.to_vec()),
        inputs in proptest::collection::vec(seeds(60), 0..6),
    ) {
        let files: Vec<_> = inputs.iter().map(|rows| file_of(table, rows)).collect();
        let compacted = compacted(table, &files).unwrap();
        let all = inputs.iter().flatten();
        prop_assert_eq!(compacted.rows, all.clone().count() as u64);
        let rows: Vec<_> = files.iter().flat_map(|file| rows_of(file)).collect();
        prop_assert_eq!(rows_of(&compacted.out), rows);
        prop_assert!(compacted.out == file_of(table, all));
    }
}

#[test]
fn row_groups_end_where_they_would_end_row_by_row() {
    let row = |index: i64, bytes| {
        let text = format!("{index:0bytes$}").into_bytes();
        (index, text, None, (index % 3 == 0).then_some(0.5), true)
    };
    let short: Vec<_> = (0..40_000).map(|index| row(index % 9000, 8)).collect();
    let long: Vec<_> = (0..9000).map(|index| row(index, 2000)).collect();
    let inputs = [&short, &long, &short, &Vec::new(), &short];
    let files = inputs.map(|rows| file_of(Table::Messages, rows));
    let compacted = compacted(Table::Messages, &files).unwrap();
    assert_eq!(compacted.rows, 129_000);
    assert!(compacted.out == file_of(Table::Messages, inputs.into_iter().flatten()));
    let reader = SerializedFileReader::new(Bytes::from(compacted.out)).unwrap();
    assert_eq!(reader.num_row_groups(), 6);
}

#[test]
fn files_without_rows_make_one_without_rows() {
    let empty = file_of(Table::Messages, []);
    for inputs in [vec![], vec![empty.clone()], vec![empty.clone(), empty]] {
        let compacted = compacted(Table::Messages, &inputs).unwrap();
        assert_eq!(compacted.rows, 0);
        assert!(rows_of(&compacted.out).is_empty());
    }
}

#[test]
fn columns_that_came_later_are_empty() {
    let row = (7, b"x".to_vec(), Some(8), Some(9.5), true);
    for (table, columns, end) in [
        (Table::Messages, 5, r#"Str("b")), ("duration_ms", Null)] }"#),
        (
            Table::WebRequests,
            18,
            r#"("request_id", Str("")), ("served_by", Str(""))] }"#,
        ),
        (
            Table::WebRequests,
            14,
            r#"("origin_us", Null), ("cache", Str("")), "#,
        ),
    ] {
        let inputs = [file_of(table, [&row]), older_file(table, columns)];
        let compacted = compacted(table, &inputs).unwrap();
        assert_eq!(compacted.rows, 3);
        let rows = rows_of(&compacted.out);
        assert_eq!(rows[..1], rows_of(&inputs[0]));
        assert!(rows[2].contains(end), "{}", rows[2]);
    }
}

fn refusal(table: Table, other: Vec<u8>) -> String {
    let good = file_of(table, []);
    compacted(table, &[good, other]).unwrap_err().to_string()
}

#[test]
fn other_columns_are_refused_by_name() {
    let foreign =
        |column| format!("file 1 of `messages` has a column `{column}` that is not the table's");
    let types = |count| fields_of(Table::Messages, count).into_iter();
    let whole = |name| Type::primitive_type_builder(name, PhysicalType::INT64);
    let of_flows = file_of(Table::NetworkFlows, []);
    assert_eq!(refusal(Table::Messages, of_flows), foreign("interface"));
    let without_severity = types(3).enumerate().filter(|(index, _)| *index != 1);
    let without_severity = without_severity.map(|(_, field)| field).collect();
    assert_eq!(
        refusal(Table::Messages, other_file(without_severity)),
        foreign("program")
    );
    let (required, optional) = (Repetition::REQUIRED, Repetition::OPTIONAL);
    for (count, name, repetition) in [
        (0, "time", required),
        (1, "severity", required),
        (1, "extra", optional),
        (5, "duration_ms", optional),
        (6, "extra", optional),
    ] {
        let field = whole(name).with_repetition(repetition).build();
        let other = other_file(types(count).chain(field.ok()).collect());
        assert_eq!(refusal(Table::Messages, other), foreign(name));
    }
    assert_eq!(
        refusal(Table::WebRequests, older_file(Table::WebRequests, 10)),
        "file 1 of `web_requests` has no column `status`, which cannot be empty"
    );
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    let row = (7, b"x".to_vec(), Some(8), Some(9.5), true);
    let whole = file_of(Table::Messages, std::iter::repeat_n(&row, 20));
    for length in 0..whole.len() {
        let error = refusal(Table::Messages, whole[..length].to_vec());
        assert_eq!(error, "read file 1 of `messages`", "of {length} bytes");
    }
    let missing = Err::<Bytes, _>(io::ErrorKind::NotFound.into());
    let error = compact(Table::Messages, [missing], Vec::new()).unwrap_err();
    let source = error.source().unwrap().to_string();
    assert!(source.contains("not found"), "{source}");
}
