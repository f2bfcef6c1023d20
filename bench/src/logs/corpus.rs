//! The logs that are read.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use log_formats::Source;
use sample_logs::{Sample, write_alb, write_cloudfront};

use super::measured::measure;

/// A compressed log.
pub(crate) struct Log {
    pub(crate) path: PathBuf,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
    pub(crate) compressed: u64,
}

/// Counts what goes through.
struct Counted<W> {
    out: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let count = self.out.write(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// Writes an hour's log of so many lines.
pub(crate) fn prepare(directory: &Path, source: Source, lines: u64) -> Result<Log> {
    let path = directory.join(format!("{}-{lines}.gz", source.name()));
    let file =
        File::create(&path).with_context(|| format!("failed to write {}", path.display()))?;
    let out = GzEncoder::new(BufWriter::new(file), Compression::new(6));
    let mut counted = Counted { out, bytes: 0 };
    let sample = Sample {
        lines,
        start_ms: 1_795_773_600_000,
        span_ms: 3_599_000,
        seed: 11,
    };
    match source {
        Source::Alb => write_alb(sample, &mut counted)?,
        _ => write_cloudfront(sample, &mut counted)?,
    }
    counted.out.finish()?.flush()?;
    let compressed = fs::metadata(&path)?.len();
    let bytes = counted.bytes;
    Ok(Log {
        path,
        lines,
        bytes,
        compressed,
    })
}

/// Peak memory from a small log to one a hundred times as large: it must not grow with them.
pub(crate) fn memory_growth(directory: &Path) -> Result<String> {
    let mut line = "\nPeak memory with Parquet:".to_owned();
    for lines in [20_000, 200_000, 2_000_000] {
        let log = prepare(directory, Source::Cloudfront, lines)?;
        let command = super::contestants::our_command("full", Source::Cloudfront, &log.path)?;
        let cost = measure(&command)?;
        let (megabytes, mebibytes) = (log.bytes / 1_000_000, cost.peak_kib / 1024);
        line.push_str(&format!(" {mebibytes} MiB for {megabytes} MB;"));
        fs::remove_file(&log.path)?;
    }
    Ok(line)
}
