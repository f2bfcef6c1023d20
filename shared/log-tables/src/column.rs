//! Buffers of a row group's columns.

use bytes::Bytes;
use parquet::basic::{Encoding, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::WriterPropertiesBuilder;
use parquet::file::writer::SerializedColumnWriter;
use parquet::schema::types::{ColumnPath, Type};

use crate::{Cell, Column, Kind};

/// The values of one column.
#[derive(Debug)]
pub(crate) enum Buffer {
    Times(Vec<i64>),
    Texts { bytes: Vec<u8>, ends: Vec<usize> },
    Whole { values: Vec<i64>, present: Vec<i16> },
    Numbers { values: Vec<f64>, present: Vec<i16> },
    Flags(Vec<bool>),
}

impl Buffer {
    pub(crate) const fn new(kind: Kind) -> Self {
        match kind {
            Kind::Time => Self::Times(Vec::new()),
            Kind::Text | Kind::Id => Self::Texts {
                bytes: Vec::new(),
                ends: Vec::new(),
            },
            Kind::Whole => Self::Whole {
                values: Vec::new(),
                present: Vec::new(),
            },
            Kind::Number => Self::Numbers {
                values: Vec::new(),
                present: Vec::new(),
            },
            Kind::Flag => Self::Flags(Vec::new()),
        }
    }

    /// Appends a cell; whether it is of the column's kind.
    #[inline]
    pub(crate) fn push(&mut self, cell: Cell<'_>) -> bool {
        match (self, cell) {
            (Self::Times(values), Cell::Time(value)) => values.push(value),
            (Self::Texts { bytes, ends }, Cell::Text(text)) => {
                match std::str::from_utf8(text) {
                    Ok(_) => bytes.extend_from_slice(text),
                    Err(_) => bytes.extend_from_slice(String::from_utf8_lossy(text).as_bytes()),
                }
                ends.push(bytes.len());
            }
            (Self::Whole { values, present }, Cell::Whole(value)) => {
                present.push(i16::from(value.is_some()));
                values.extend(value);
            }
            (Self::Numbers { values, present }, Cell::Number(value)) => {
                present.push(i16::from(value.is_some()));
                values.extend(value);
            }
            (Self::Flags(values), Cell::Flag(value)) => values.push(value),
            _ => return false,
        }
        true
    }

    /// Bytes of memory in use.
    pub(crate) const fn text_bytes(&self) -> usize {
        match self {
            Self::Texts { bytes, .. } => bytes.len(),
            _ => 0,
        }
    }

    /// Writes the values as a column of the row group, and forgets them.
    pub(crate) fn write(&mut self, mut writer: SerializedColumnWriter<'_>) -> Result<()> {
        match self {
            Self::Times(values) => {
                writer
                    .typed::<Int64Type>()
                    .write_batch(values, None, None)?;
                values.clear();
            }
            Self::Texts { bytes, ends } => {
                let all = Bytes::from(std::mem::take(bytes));
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let texts: Vec<_> = starts
                    .zip(ends.iter())
                    .map(|(from, to)| ByteArray::from(all.slice(from..*to)))
                    .collect();
                writer
                    .typed::<ByteArrayType>()
                    .write_batch(&texts, None, None)?;
                ends.clear();
            }
            Self::Whole { values, present } => {
                writer
                    .typed::<Int64Type>()
                    .write_batch(values, Some(present), None)?;
                values.clear();
                present.clear();
            }
            Self::Numbers { values, present } => {
                writer
                    .typed::<DoubleType>()
                    .write_batch(values, Some(present), None)?;
                values.clear();
                present.clear();
            }
            Self::Flags(values) => {
                writer.typed::<BoolType>().write_batch(values, None, None)?;
                values.clear();
            }
        }
        writer.close()
    }
}

impl Column {
    /// The column's type in a file.
    pub(crate) fn parquet_type(self) -> Result<Type> {
        let (physical, logical) = match self.kind {
            Kind::Time => {
                let logical = LogicalType::timestamp(true, TimeUnit::MILLIS);
                (PhysicalType::INT64, Some(logical))
            }
            Kind::Text | Kind::Id => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Whole => (PhysicalType::INT64, None),
            Kind::Number => (PhysicalType::DOUBLE, None),
            Kind::Flag => (PhysicalType::BOOLEAN, None),
        };
        let repetition = match self.kind {
            Kind::Whole | Kind::Number => Repetition::OPTIONAL,
            _ => Repetition::REQUIRED,
        };
        Type::primitive_type_builder(self.name, physical)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()
    }

    /// How the column is encoded.
    pub(crate) fn properties(self, builder: WriterPropertiesBuilder) -> WriterPropertiesBuilder {
        let path = ColumnPath::from(self.name);
        match self.kind {
            Kind::Time => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            Kind::Id => builder.set_column_dictionary_enabled(path, false),
            _ => builder,
        }
    }
}
