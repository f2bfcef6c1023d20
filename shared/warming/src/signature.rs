use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The product that the warmer of a site is in `User-Agent`. Logs find it by its name.
#[must_use]
pub fn product(site_url: &str) -> String {
    format!(
        "Sidetier-Warmer/{} (+{site_url})",
        env!("CARGO_PKG_VERSION")
    )
}

/// The name of the header by which the site knows its own warmer.
pub const SIGNATURE_HEADER: &str = "x-sidetier-warm";

/// The value of [`SIGNATURE_HEADER`] for a path with its query: `t={seconds},v1={hex}`, where
/// the second is HMAC-SHA256 over `{seconds}.{path}`. Not in any cache key: whoever repeats it
/// gets what everybody gets.
#[must_use]
pub fn signature_header(secret: &[u8], path: &str, now_ms: i64) -> String {
    let seconds = now_ms.div_euclid(1000);
    let code = code(secret, seconds, path);
    let hex: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

fn code(secret: &[u8], seconds: i64, path: &str) -> Vec<u8> {
    // Any key is one: longer ones are hashed, and shorter ones filled up.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return Vec::new();
    };
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(path.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_code_of_time_and_path() {
        // printf '1795774830./products?page=2' | openssl dgst -sha256 -hmac secret
        let header = signature_header(b"secret", "/products?page=2", 1_795_774_830_999);
        assert_eq!(
            header,
            "t=1795774830,v1=a8b9309b0c1c862d5ba86eeab2cbe678dc4757714d27c3af5f79582f57fbc4ef"
        );
    }
}
