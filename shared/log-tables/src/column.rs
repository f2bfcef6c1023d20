//! Buffers of a row group's columns.

use std::io::Write;

use parquet::basic::{Encoding, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArrayType, DoubleType, Int64Type};
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

    /// Appends the next rows of a column of a file.
    pub(crate) fn read(&mut self, column: &mut ColumnReader, rows: usize) -> Result<()> {
        let read = match (self, column) {
            (Self::Times(values) | Self::Counts(values), ColumnReader::Int64ColumnReader(from)) => {
                from.read_records(rows, None, None, values)
            }
            (Self::Whole { values, present }, ColumnReader::Int64ColumnReader(from)) => {
                from.read_records(rows, Some(present), None, values)
            }
            (Self::Numbers { values, present }, ColumnReader::DoubleColumnReader(from)) => {
                from.read_records(rows, Some(present), None, values)
            }
            (Self::Flags(values), ColumnReader::BoolColumnReader(from)) => {
                from.read_records(rows, None, None, values)
            }
            (Self::Texts(column), ColumnReader::ByteArrayColumnReader(from)) => {
                read_texts(from, rows, |text| column.push(text))
            }
            (Self::Ids(column), ColumnReader::ByteArrayColumnReader(from)) => {
                read_texts(from, rows, |text| column.push(text))
            }
            _ => return Err(fault("a column is of another type than its values")),
        };
        let (read, ..) = read?;
        if read == rows {
            Ok(())
        } else {
            Err(fault("a column has fewer rows than its row group"))
        }
    }

    /// Appends the same cell as many times.
    pub(crate) fn fill(&mut self, cell: Cell<'_>, rows: usize) -> Result<()> {
        if (0..rows).all(|_| self.push(cell)) {
            Ok(())
        } else {
            Err(fault("a cell is of another type than its column"))
        }
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
            return Err(fault("no column is left"));
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

fn read_texts(
    from: &mut ColumnReaderImpl<ByteArrayType>,
    rows: usize,
    mut push: impl FnMut(&[u8]),
) -> Result<(usize, usize, usize)> {
    let mut texts = Vec::with_capacity(rows);
    let read = from.read_records(rows, None, None, &mut texts)?;
    for text in &texts {
        push(text.data());
    }
    Ok(read)
}

fn fault(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

impl Kind {
    fn parquet_types(self) -> (PhysicalType, Option<LogicalType>, Repetition) {
        let (physical, logical) = match self {
            Self::Time => {
                let logical = LogicalType::timestamp(true, TimeUnit::MILLIS);
                (PhysicalType::INT64, Some(logical))
            }
            Self::Text | Self::Id => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            Self::Count | Self::Whole => (PhysicalType::INT64, None),
            Self::Number => (PhysicalType::DOUBLE, None),
            Self::Flag => (PhysicalType::BOOLEAN, None),
        };
        let repetition = match self {
            Self::Whole | Self::Number => Repetition::OPTIONAL,
            _ => Repetition::REQUIRED,
        };
        (physical, logical, repetition)
    }

    /// What a row has that is older than its column, if the column may be without a value.
    pub(crate) const fn missing(self) -> Option<Cell<'static>> {
        match self {
            Self::Text | Self::Id => Some(Cell::Text(b"")),
            Self::Whole => Some(Cell::Whole(None)),
            Self::Number => Some(Cell::Number(None)),
            Self::Time | Self::Count | Self::Flag => None,
        }
    }
}

impl Column {
    /// The column's type in a file.
    pub(crate) fn parquet_type(self) -> Result<Type> {
        let (physical, logical, repetition) = self.kind.parquet_types();
        Type::primitive_type_builder(self.name, physical)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()
    }

    /// Whether a file's column is this one.
    pub(crate) fn is(self, field: &Type) -> bool {
        let (physical, logical, repetition) = self.kind.parquet_types();
        let info = field.get_basic_info();
        field.is_primitive()
            && field.name() == self.name
            && field.get_physical_type() == physical
            && info.logical_type_ref() == logical.as_ref()
            && info.has_repetition()
            && info.repetition() == repetition
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
