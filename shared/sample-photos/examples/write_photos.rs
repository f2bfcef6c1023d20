//! Writes every sample photo into the current directory, to look at them.

fn main() -> std::io::Result<()> {
    for photo in sample_photos::all() {
        std::fs::write(photo.name, &photo.jpeg)?;
    }
    Ok(())
}
