//! Buffers of a row group's columns.

use std::io::Write;

use parquet::basic::{Encoding, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::data_type::{BoolType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterPropertiesBuilder;
use parquet::file::writer::{SerializedColumnWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, Type};

use crate::text_column::{IdColumn, TextColumn};
use crate::{Cell, Column, Kind};

/// The values of one column.
#[derive(Debug)]
pub(crate) enum Buffer {
    Times(Vec<i64>),
    Texts(Box<TextColumn>),
    Ids(IdColumn),
    Counts(Vec<i64>),
    Whole { values: Vec<i64>, present: Vec<i16> },
    Numbers { values: Vec<f64>, present: Vec<i16> },
    Flags(Vec<bool>),
}

impl Buffer {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Time => Self::Times(Vec::new()),
            Kind::Text => Self::Texts(Box::default()),
            Kind::Id => Self::Ids(IdColumn::default()),
            Kind::Count => Self::Counts(Vec::new()),
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
            (Self::Times(values), Cell::Time(value))
            | (Self::Counts(values), Cell::Count(value)) => {
                values.push(value);
            }
            (Self::Texts(column), Cell::Text(text)) => column.push(text),
            (Self::Texts(column), Cell::Derived { raw, derive }) => {
                column.push_derived(raw, derive)
            }
            (Self::Ids(column), Cell::Text(text)) => column.push(text),
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
    pub(crate) fn text_bytes(&self) -> usize {
        match self {
            Self::Texts(column) => column.text_bytes(),
            Self::Ids(column) => column.text_bytes(),
            _ => 0,
        }
    }

    /// Writes the values as the next column of a row group, and forgets them.
    pub(crate) fn write<W: Write + Send>(
        &mut self,
        column: ColumnDescPtr,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<()> {
        let encoded = match self {
            Self::Texts(texts) => Some(texts.encode(column)?),
            Self::Ids(ids) => Some(ids.encode(column)?),
            _ => None,
        };
        if let Some((pages, close)) = encoded {
            return group.append_column(&pages, close);
        }
        let Some(mut writer) = group.next_column()? else {
            return Err(ParquetError::General("no column is left".to_owned()));
        };
        self.write_values(&mut writer)?;
        writer.close()
    }

    fn write_values(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<()> {
        match self {
            Self::Times(values) | Self::Counts(values) => {
                writer
                    .typed::<Int64Type>()
                    .write_batch(values, None, None)?;
                values.clear();
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
            Self::Texts(_) | Self::Ids(_) => {}
        }
        Ok(())
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
            Kind::Count | Kind::Whole => (PhysicalType::INT64, None),
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
            Kind::Time | Kind::Count | Kind::Whole => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            _ => builder,
        }
    }
}
