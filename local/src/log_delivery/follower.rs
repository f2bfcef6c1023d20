//! Reads what programs append to a log file.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// Bytes read at once, so that a log that grew while nobody could take it is taken in parts.
const MAX_READ_BYTES: u64 = 8 * 1024 * 1024;

/// What is longer counts as a line without its end: no log has such lines, but a file might
/// be no log.
const MAX_LINE_BYTES: usize = 1024 * 1024;

/// A file that is read to its end again and again.
#[derive(Debug)]
struct Source {
    file: File,
    offset: u64,
    /// What was read of a line that is not complete.
    partial: Vec<u8>,
}

impl Source {
    fn new(file: File, offset: u64) -> Self {
        Self {
            file,
            offset,
            partial: Vec::new(),
        }
    }

    /// The lines completed since the last time, without their ends.
    fn read(&mut self) -> io::Result<Vec<Vec<u8>>> {
        if self.file.metadata()?.len() < self.offset {
            // Truncated: what is there now was written since.
            self.offset = 0;
            self.partial.clear();
        }
        self.file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        let read = (&self.file).take(MAX_READ_BYTES).read_to_end(&mut bytes)?;
        self.offset += read as u64;
        let mut lines = Vec::new();
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.partial.extend_from_slice(part);
            if self.partial.last() == Some(&b'\n') || self.partial.len() >= MAX_LINE_BYTES {
                lines.push(without_end(std::mem::take(&mut self.partial)));
            }
        }
        lines.retain(|line| !line.is_empty());
        Ok(lines)
    }

    /// Everything that is left: nobody will complete the last line.
    fn finish(mut self) -> io::Result<Vec<Vec<u8>>> {
        let mut lines = self.read()?;
        while self.offset < self.file.metadata()?.len() {
            lines.extend(self.read()?);
        }
        if !self.partial.is_empty() {
            lines.push(self.partial);
        }
        Ok(lines)
    }

    fn is(&self, other: &Metadata) -> io::Result<bool> {
        let own = self.file.metadata()?;
        Ok((own.dev(), own.ino()) == (other.dev(), other.ino()))
    }
}

fn without_end(mut line: Vec<u8>) -> Vec<u8> {
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    line
}

/// Follows a log by its name, through rotations and truncations.
#[derive(Debug)]
pub(super) struct Follower {
    path: PathBuf,
    current: Option<Source>,
    /// The file that had the name before. Its program writes there until it opens the new
    /// one, so it is read once more.
    previous: Option<Source>,
}

impl Follower {
    /// Follows what is written from now on.
    pub(super) fn from_end(path: PathBuf) -> Result<Self> {
        let current = open(&path)
            .and_then(|file| match file {
                Some(file) => Ok(Some((file.metadata()?.len(), file))),
                None => Ok(None),
            })
            .with_context(|| format!("open {}", path.display()))?;
        Ok(Self {
            current: current.map(|(length, file)| Source::new(file, length)),
            previous: None,
            path,
        })
    }

    /// The lines completed since the last time, oldest first.
    pub(super) fn read(&mut self) -> Result<Vec<Vec<u8>>> {
        self.read_all()
            .with_context(|| format!("read {}", self.path.display()))
    }

    fn read_all(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let mut lines = match self.previous.take() {
            Some(previous) => previous.finish()?,
            None => Vec::new(),
        };
        if let Some(current) = &mut self.current {
            lines.extend(current.read()?);
        }
        let renamed = match (&self.current, fs::metadata(&self.path)) {
            (Some(current), Ok(named)) => !current.is(&named)?,
            (None, Ok(_)) => true,
            // Between two files there may be none.
            (_, Err(error)) if error.kind() == ErrorKind::NotFound => false,
            (_, Err(error)) => return Err(error),
        };
        if renamed {
            self.previous = self.current.take();
            self.current = open(&self.path)?.map(|file| Source::new(file, 0));
            if self.previous.is_none()
                && let Some(current) = &mut self.current
            {
                lines.extend(current.read()?);
            }
        }
        Ok(lines)
    }
}

fn open(path: &PathBuf) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::Path;

    use super::*;

    /// A log in a directory of its own, removed with it.
    struct Log(PathBuf);

    impl Log {
        fn new(name: &str) -> Self {
            let dir = std::env::temp_dir().join(format!("sidetier-{name}-{}", std::process::id()));
            fs::create_dir_all(&dir).unwrap();
            Self(dir)
        }

        fn path(&self) -> PathBuf {
            self.0.join("access.log")
        }

        fn append(&self, bytes: &[u8]) {
            append(&self.path(), bytes);
        }
    }

    impl Drop for Log {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn append(path: &Path, bytes: &[u8]) {
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        file.write_all(bytes).unwrap();
    }

    fn read(follower: &mut Follower) -> Vec<String> {
        let lines = follower.read().unwrap();
        lines
            .into_iter()
            .map(|line| String::from_utf8(line).unwrap())
            .collect()
    }

    #[test]
    fn what_was_there_before_is_passed_over_and_lines_come_once() {
        let log = Log::new("follow");
        log.append(b"old\n");
        let mut follower = Follower::from_end(log.path()).unwrap();
        assert!(read(&mut follower).is_empty());
        log.append(b"one\n\ntwo\n");
        assert_eq!(read(&mut follower), ["one", "two"]);
        assert!(read(&mut follower).is_empty());
    }

    #[test]
    fn a_log_that_comes_later_is_read_from_its_start() {
        let log = Log::new("later");
        let mut follower = Follower::from_end(log.path()).unwrap();
        assert!(read(&mut follower).is_empty());
        log.append(b"first\n");
        assert_eq!(read(&mut follower), ["first"]);
    }

    #[test]
    fn a_partial_line_waits_for_its_end() {
        let log = Log::new("partial");
        log.append(b"");
        let mut follower = Follower::from_end(log.path()).unwrap();
        log.append(b"one\ntw");
        assert_eq!(read(&mut follower), ["one"]);
        log.append(b"o");
        assert!(read(&mut follower).is_empty());
        log.append(b"!\nthree\n");
        assert_eq!(read(&mut follower), ["two!", "three"]);
    }

    #[test]
    fn rotation_loses_nothing_that_still_goes_to_the_old_file() {
        let log = Log::new("rotation");
        log.append(b"one\n");
        let mut follower = Follower::from_end(log.path()).unwrap();
        log.append(b"two\n");
        let rotated = log.0.join("access.log.1");
        fs::rename(log.path(), &rotated).unwrap();
        assert_eq!(read(&mut follower), ["two"], "no file has the name");
        append(&rotated, b"three\n");
        log.append(b"five\n");
        assert_eq!(read(&mut follower), ["three"]);
        append(&rotated, b"four, without an end");
        log.append(b"six\n");
        assert_eq!(read(&mut follower), ["four, without an end", "five", "six"]);
        assert!(read(&mut follower).is_empty());
    }

    #[test]
    fn a_truncated_log_is_read_from_its_start() {
        let log = Log::new("truncated");
        log.append(b"a long line of the past\n");
        let mut follower = Follower::from_end(log.path()).unwrap();
        log.append(b"half of a li");
        assert!(read(&mut follower).is_empty());
        fs::write(log.path(), b"new\n").unwrap();
        assert_eq!(read(&mut follower), ["new"]);
    }

    #[test]
    fn bytes_stay_as_they_are_and_lines_are_cut() {
        let log = Log::new("bytes");
        log.append(b"");
        let mut follower = Follower::from_end(log.path()).unwrap();
        log.append(b"a\xff\xc3\x28\r\n");
        assert_eq!(follower.read().unwrap(), [b"a\xff\xc3\x28\r".to_vec()]);
        log.append(&vec![b'x'; MAX_LINE_BYTES + 5]);
        log.append(b"\n");
        let lengths: Vec<usize> = follower.read().unwrap().iter().map(Vec::len).collect();
        assert_eq!(lengths.iter().sum::<usize>(), MAX_LINE_BYTES + 5);
    }
}
