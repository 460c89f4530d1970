//! Columns of rows in Parquet files, written and read without any other library in between.
//!
//! Flows in: columns of cells, or a file. Flows out: bytes, or columns of cells. Invariant: a row
//! group is a function of its cells, and a file names the SHA-256 of its row groups, so that equal
//! rows are equal bytes and a damaged file is known as one.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use sha2::{Digest, Sha256};

use super::ExperimentError;
use crate::report::rows::ColumnMeaning;

/// Metadata: SHA-256 of everything between the file's first four bytes and its footer.
pub const DIGEST: &str = "jawjaw.data_sha256";
/// Metadata: how long that is, in bytes.
pub const LENGTH: &str = "jawjaw.data_length";
/// Metadata: what the columns mean, as JSON.
pub const COLUMNS: &str = "jawjaw.columns";

// A Parquet file begins with these bytes; the row groups follow.
const MAGIC: usize = 4;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number of runs.
    Long,
    /// A small whole number.
    Int,
    /// Days since 1970-01-01.
    Date,
    /// A real number.
    Number,
    /// One of the column's words.
    Word,
    /// Any text.
    Text,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name, and how to read it.
    pub meaning: ColumnMeaning,
    /// What it holds.
    pub kind: Kind,
    /// Whether every row has a value.
    pub required: bool,
    /// The words of a column of words; cells hold their indices.
    pub words: Vec<String>,
}

/// The cells of a column, one a row; a cell that is not present has a value of no meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// Whether the row has a value.
    pub present: Vec<bool>,
    /// The values.
    pub values: Values,
}

/// Values by kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// [`Kind::Long`]
    Long(Vec<i64>),
    /// [`Kind::Int`] and [`Kind::Date`]
    Int(Vec<i32>),
    /// [`Kind::Number`]
    Number(Vec<f64>),
    /// [`Kind::Word`]
    Word(Vec<u32>),
    /// [`Kind::Text`]
    Text(Vec<String>),
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    None,
    /// A number of runs.
    Long(i64),
    /// A small whole number, or a day.
    Int(i32),
    /// A real number.
    Number(f64),
    /// Index of a word.
    Word(u32),
    /// Any text.
    Text(&'a str),
}

impl Cells {
    /// No rows yet.
    pub fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Long => Values::Long(Vec::new()),
            Kind::Int | Kind::Date => Values::Int(Vec::new()),
            Kind::Number => Values::Number(Vec::new()),
            Kind::Word => Values::Word(Vec::new()),
            Kind::Text => Values::Text(Vec::new()),
        };
        Self {
            present: Vec::new(),
            values,
        }
    }

    /// Adds a row. A cell of another kind is a bug of the caller.
    pub fn push(&mut self, cell: Cell<'_>) {
        self.present.push(cell != Cell::None);
        match (&mut self.values, cell) {
            (Values::Long(values), Cell::Long(value)) => values.push(value),
            (Values::Int(values), Cell::Int(value)) => values.push(value),
            (Values::Number(values), Cell::Number(value)) => values.push(value),
            (Values::Word(values), Cell::Word(value)) => values.push(value),
            (Values::Text(values), Cell::Text(value)) => values.push(value.to_owned()),
            (Values::Long(values), Cell::None) => values.push(0),
            (Values::Int(values), Cell::None) => values.push(0),
            (Values::Number(values), Cell::None) => values.push(0.0),
            (Values::Word(values), Cell::None) => values.push(0),
            (Values::Text(values), Cell::None) => values.push(String::new()),
            (values, cell) => unreachable!("{cell:?} in a column of {values:?}"),
        }
    }

    /// Adds the rows of another piece of the column.
    pub fn append(&mut self, other: &mut Self) {
        self.present.append(&mut other.present);
        match (&mut self.values, &mut other.values) {
            (Values::Long(values), Values::Long(more)) => values.append(more),
            (Values::Int(values), Values::Int(more)) => values.append(more),
            (Values::Number(values), Values::Number(more)) => values.append(more),
            (Values::Word(values), Values::Word(more)) => values.append(more),
            (Values::Text(values), Values::Text(more)) => values.append(more),
            _ => unreachable!("pieces of one column are of one kind"),
        }
    }

    /// The cell of a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        if !self.present[row] {
            return Cell::None;
        }
        match &self.values {
            Values::Long(values) => Cell::Long(values[row]),
            Values::Int(values) => Cell::Int(values[row]),
            Values::Number(values) => Cell::Number(values[row]),
            Values::Word(values) => Cell::Word(values[row]),
            Values::Text(values) => Cell::Text(&values[row]),
        }
    }
}

fn physical(kind: Kind) -> (Physical, Option<LogicalType>) {
    match kind {
        Kind::Long => (Physical::INT64, None),
        Kind::Int => (Physical::INT32, None),
        Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Word | Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    }
}

fn schema(columns: &[Column]) -> Result<TypePtr> {
    let fields = columns.iter().map(|column| {
        let (physical, logical) = physical(column.kind);
        let repetition = if column.required {
            Repetition::REQUIRED
        } else {
            Repetition::OPTIONAL
        };
        let field = Type::primitive_type_builder(&column.meaning.column, physical)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()?;
        Ok(Arc::new(field))
    });
    let fields = fields.collect::<Result<Vec<_>>>()?;
    let root = Type::group_type_builder("rows")
        .with_fields(fields)
        .build()?;
    Ok(Arc::new(root))
}

/// A file of rows being written.
pub struct RowsWriter<W: Write + Send> {
    writer: SerializedFileWriter<Hashed<W>>,
    columns: Vec<Column>,
}

// Hashes what goes through, but for the first four bytes.
struct Hashed<W> {
    inner: W,
    hash: Sha256,
    skipped: usize,
    length: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        let skip = (MAGIC - self.skipped).min(taken);
        self.skipped += skip;
        self.hash.update(&bytes[skip..taken]);
        self.length += (taken - skip) as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write + Send> RowsWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// If the first bytes cannot be written.
    pub fn new(out: W, columns: &[Column]) -> Result<Self> {
        let mut properties = WriterProperties::builder()
            .set_created_by(format!("jawjaw {}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_max_row_group_row_count(None);
        for column in columns.iter().filter(|column| column.kind == Kind::Long) {
            // Numbers that grow by one cost nothing as differences.
            let path = ColumnPath::from(column.meaning.column.as_str());
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
        let hashed = Hashed {
            inner: out,
            hash: Sha256::new(),
            skipped: 0,
            length: 0,
        };
        let properties = Arc::new(properties.build());
        Ok(Self {
            writer: SerializedFileWriter::new(hashed, schema(columns)?, properties)?,
            columns: columns.to_vec(),
        })
    }

    /// Adds rows as a group.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn group(&mut self, cells: &[Cells]) -> Result<()> {
        let mut group = self.writer.next_row_group()?;
        for (column, cells) in self.columns.iter().zip(cells) {
            let mut out = group
                .next_column()?
                .ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
            let levels: Vec<i16> = cells.present.iter().map(|&here| i16::from(here)).collect();
            let levels = (!column.required).then_some(&levels[..]);
            match &cells.values {
                Values::Long(values) => {
                    let kept = present(values, &cells.present, |value| *value);
                    out.typed::<Int64Type>().write_batch(&kept, levels, None)?;
                }
                Values::Int(values) => {
                    let kept = present(values, &cells.present, |value| *value);
                    out.typed::<Int32Type>().write_batch(&kept, levels, None)?;
                }
                Values::Number(values) => {
                    let kept = present(values, &cells.present, |value| *value);
                    out.typed::<DoubleType>().write_batch(&kept, levels, None)?;
                }
                Values::Word(values) => {
                    let words: Vec<ByteArray> = column
                        .words
                        .iter()
                        .map(|word| ByteArray::from(word.as_str()))
                        .collect();
                    let kept = present(values, &cells.present, |&value| {
                        words[value as usize].clone()
                    });
                    out.typed::<ByteArrayType>()
                        .write_batch(&kept, levels, None)?;
                }
                Values::Text(values) => {
                    let kept = present(values, &cells.present, |value| {
                        ByteArray::from(value.as_str())
                    });
                    out.typed::<ByteArrayType>()
                        .write_batch(&kept, levels, None)?;
                }
            }
            out.close()?;
        }
        group.close()?;
        Ok(())
    }

    /// Copies the groups of another file of the same columns as they are.
    ///
    /// # Errors
    /// If the other file cannot be read, or this one not written.
    pub fn copy(&mut self, from: &File) -> Result<()> {
        let reader = SerializedFileReader::new(from.try_clone()?)?;
        for group in reader.metadata().row_groups() {
            let mut out = self.writer.next_row_group()?;
            for column in group.columns() {
                let close = ColumnCloseResult {
                    bytes_written: column.compressed_size() as u64,
                    rows_written: group.num_rows() as u64,
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                out.append_column(from, close)?;
            }
            out.close()?;
        }
        Ok(())
    }

    /// Ends the file; its metadata is the digest, the meaning of its columns and `more`.
    ///
    /// # Errors
    /// If the last bytes cannot be written.
    pub fn finish(mut self, more: &[(&str, String)]) -> Result<W> {
        SerializedFileWriter::flush(&mut self.writer)?;
        let hashed = self.writer.inner();
        let digest: [u8; 32] = hashed.hash.clone().finalize().into();
        let length = hashed.length;
        let meanings: Vec<&ColumnMeaning> = self.columns.iter().map(|c| &c.meaning).collect();
        let meanings = serde_json::to_string(&meanings)
            .map_err(|error| ParquetError::General(error.to_string()))?;
        let own = [
            (COLUMNS, meanings),
            (LENGTH, length.to_string()),
            (DIGEST, hex(&digest)),
        ];
        for (key, value) in more.iter().cloned().chain(own) {
            self.writer
                .append_key_value_metadata(KeyValue::new(key.to_owned(), value));
        }
        Ok(self.writer.into_inner()?.inner)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn present<T, U>(values: &[T], present: &[bool], map: impl Fn(&T) -> U) -> Vec<U> {
    (values.iter().zip(present))
        .filter(|(_, here)| **here)
        .map(|(value, _)| map(value))
        .collect()
}

/// A file of rows being read.
pub struct RowsReader {
    reader: SerializedFileReader<File>,
}

impl RowsReader {
    /// Opens a file and reads its footer, which a truncated file does not have.
    ///
    /// # Errors
    /// If it is no such file.
    pub fn open(path: &Path) -> Result<Self, ExperimentError> {
        let file = File::open(path).map_err(|error| ExperimentError::file("read", path, error))?;
        let reader =
            SerializedFileReader::new(file).map_err(|error| ExperimentError::rows(path, error))?;
        Ok(Self { reader })
    }

    /// A metadata entry.
    pub fn entry(&self, key: &str) -> Option<&str> {
        let entries = self
            .reader
            .metadata()
            .file_metadata()
            .key_value_metadata()?;
        let found = entries.iter().find(|entry| entry.key == key)?;
        found.value.as_deref()
    }

    /// Rows of the whole file.
    pub fn rows(&self) -> u64 {
        self.reader.metadata().file_metadata().num_rows() as u64
    }

    /// Row groups.
    pub fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// Rows of a group.
    pub fn group_rows(&self, group: usize) -> usize {
        self.reader.metadata().row_group(group).num_rows() as usize
    }

    /// Whether the file has exactly these columns.
    pub fn has_columns(&self, columns: &[Column]) -> bool {
        let own = self.reader.metadata().file_metadata().schema();
        schema(columns).is_ok_and(|schema| schema.get_fields() == own.get_fields())
    }

    /// The columns with the given indices, of one row group.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn read(&self, group: usize, columns: &[Column], wanted: &[usize]) -> Result<Vec<Cells>> {
        let rows = self.group_rows(group);
        let group = self.reader.get_row_group(group)?;
        wanted
            .iter()
            .map(|&index| read_column(&*group, rows, index, &columns[index]))
            .collect()
    }
}

/// Reads a whole file and compares its row groups with the digest it carries.
///
/// # Errors
/// If it cannot be read; if it carries no digest or another one.
pub fn check_digest(path: &Path, reader: &RowsReader) -> Result<(), ExperimentError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|error| ExperimentError::file("read", path, error))?;
    let length: Option<usize> = reader.entry(LENGTH).and_then(|text| text.parse().ok());
    let data = length.and_then(|length| bytes.get(MAGIC..MAGIC + length));
    let found = data.map(super::sha256);
    if found.is_some() && found.as_deref() == reader.entry(DIGEST) {
        Ok(())
    } else {
        Err(ExperimentError::unsound(
            path,
            "its digest does not fit its rows",
        ))
    }
}

fn read_column(
    group: &dyn RowGroupReader,
    rows: usize,
    index: usize,
    column: &Column,
) -> Result<Cells> {
    let mut levels = Vec::with_capacity(rows);
    // A macro would hide less than it saves: the readers differ in their type alone.
    let values = match (group.get_column_reader(index)?, column.kind) {
        (ColumnReader::Int64ColumnReader(mut reader), Kind::Long) => {
            let mut values = Vec::with_capacity(rows);
            reader.read_records(rows, Some(&mut levels), None, &mut values)?;
            Values::Long(spread(values, &mut levels, rows, 0)?)
        }
        (ColumnReader::Int32ColumnReader(mut reader), Kind::Int | Kind::Date) => {
            let mut values = Vec::with_capacity(rows);
            reader.read_records(rows, Some(&mut levels), None, &mut values)?;
            Values::Int(spread(values, &mut levels, rows, 0)?)
        }
        (ColumnReader::DoubleColumnReader(mut reader), Kind::Number) => {
            let mut values = Vec::with_capacity(rows);
            reader.read_records(rows, Some(&mut levels), None, &mut values)?;
            Values::Number(spread(values, &mut levels, rows, 0.0)?)
        }
        (ColumnReader::ByteArrayColumnReader(mut reader), Kind::Word) => {
            let mut values = Vec::with_capacity(rows);
            reader.read_records(rows, Some(&mut levels), None, &mut values)?;
            let codes = codes(&values, column)?;
            Values::Word(spread(codes, &mut levels, rows, 0)?)
        }
        (ColumnReader::ByteArrayColumnReader(mut reader), Kind::Text) => {
            let mut values: Vec<ByteArray> = Vec::with_capacity(rows);
            reader.read_records(rows, Some(&mut levels), None, &mut values)?;
            let texts = values.iter().map(|text| Ok(text.as_utf8()?.to_owned()));
            let texts = texts.collect::<Result<Vec<_>>>()?;
            Values::Text(spread(texts, &mut levels, rows, String::new())?)
        }
        _ => {
            let name = &column.meaning.column;
            return Err(ParquetError::General(format!(
                "column {name} is of another kind"
            )));
        }
    };
    let present = levels.iter().map(|&level| level > 0).collect();
    Ok(Cells { present, values })
}

// Puts the values that are there into their rows; a required column has no levels.
fn spread<T: Clone>(values: Vec<T>, levels: &mut Vec<i16>, rows: usize, none: T) -> Result<Vec<T>> {
    if levels.is_empty() && values.len() == rows {
        levels.resize(rows, 1);
    }
    let here = levels.iter().filter(|level| **level > 0).count();
    if levels.len() != rows || here != values.len() {
        return Err(ParquetError::General(
            "a column has too few rows".to_owned(),
        ));
    }
    if here == rows {
        return Ok(values);
    }
    let mut values = values.into_iter();
    let spread = levels.iter().map(|&level| {
        let value = if level > 0 { values.next() } else { None };
        value.unwrap_or_else(|| none.clone())
    });
    Ok(spread.collect())
}

// Rows repeat few words, so the last one found is tried first.
fn codes(values: &[ByteArray], column: &Column) -> Result<Vec<u32>> {
    let mut last = 0;
    let code = |value: &ByteArray| {
        let is = |word: &String| word.as_bytes() == value.data();
        if !column.words.get(last).is_some_and(is) {
            last = column.words.iter().position(is).ok_or_else(|| {
                let name = &column.meaning.column;
                ParquetError::General(format!("column {name} holds a word it cannot hold"))
            })?;
        }
        Ok(last as u32)
    };
    values.iter().map(code).collect()
}

#[cfg(test)]
mod tests;
