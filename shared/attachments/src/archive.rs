//! ZIP archives: counted by inflating them, since what they say of themselves can lie
//! (<https://www.bamsoftware.com/hacks/zipbomb/>).

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::Refusal;

/// Most files of an archive.
const MAX_FILES: usize = 1_000;
/// Most bytes of all files of an archive.
const MAX_INFLATED: u64 = 256 * 1024 * 1024;
/// Most bytes that come of one byte. Text reaches 20, a bomb 1,000.
const MAX_RATIO: u64 = 100;
/// Archives that inflate to less than this may have any ratio.
const SMALL: u64 = 1024 * 1024;

/// Reads an archive to its end.
///
/// # Errors
/// Too many files, too many bytes, an encrypted or a damaged file.
pub(crate) fn inspect(bytes: &[u8]) -> Result<(), Refusal> {
    let damaged = |error: &dyn std::fmt::Display| Refusal::Archive(format!("is damaged: {error}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > MAX_FILES {
        return Err(Refusal::Archive(format!(
            "has {} files, at most {MAX_FILES} are allowed",
            archive.len()
        )));
    }
    let ratio_limit = (bytes.len() as u64).saturating_mul(MAX_RATIO).max(SMALL);
    let allowed = ratio_limit.min(MAX_INFLATED);
    let mut inflated = 0;
    for index in 0..archive.len() {
        let file = archive
            .by_index_raw(index)
            .map_err(|error| damaged(&error))?;
        if file.encrypted() {
            return Err(Refusal::Archive("is encrypted".to_owned()));
        }
        drop(file);
        let file = archive.by_index(index).map_err(|error| damaged(&error))?;
        let mut rest = file.take(allowed - inflated + 1);
        inflated +=
            std::io::copy(&mut rest, &mut std::io::sink()).map_err(|error| damaged(&error))?;
        if inflated > allowed {
            return Err(Refusal::Archive(format!(
                "inflates to more than {allowed} bytes"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: usize, content: &[u8]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..files {
            writer
                .start_file(format!("{index}.txt"), SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn takes_an_ordinary_archive() {
        assert_eq!(inspect(&archive(3, b"some words")), Ok(()));
    }

    #[test]
    fn refuses_a_bomb_by_what_comes_out_of_it() {
        let bomb = archive(1, &vec![0; 20 * 1024 * 1024]);
        let refused = inspect(&bomb).unwrap_err().to_string();
        assert!(refused.contains("inflates to more than"), "{refused}");
    }

    #[test]
    fn refuses_thousands_of_files_and_damage() {
        let refused = inspect(&archive(1_001, b"")).unwrap_err().to_string();
        assert!(refused.contains("has 1001 files"), "{refused}");
        let whole = archive(2, b"some words");
        assert!(inspect(&whole[..whole.len() / 2]).is_err());
    }
}
