use crate::{ImagePath, Options, Presets, RequestError, Signer};

/// Which requests are served. Free options cost the site money, so a public
/// site serves presets to everyone and everything else to signed URLs only.
pub struct Policy {
    /// Whether unsigned URLs may use any option (`true`) or presets only.
    pub free_options: bool,
    /// Verifies signed URLs, where a secret is configured.
    pub signer: Option<Signer>,
}

impl Policy {
    /// Whether a request may be served at `now` (Unix seconds).
    ///
    /// # Errors
    /// A signature that does not fit, a URL past its time, or free options without a signature.
    pub fn check(&self, path: &ImagePath, presets: &Presets, now: u64) -> Result<(), RequestError> {
        let options = &path.options;
        if let Some(preset) = &options.preset {
            presets.get(preset)?;
        }
        if options.signature.is_some() {
            let signer = self.signer.as_ref().ok_or(RequestError::SignatureWrong)?;
            signer.verify(path)?;
            return match options.expires_at {
                Some(expired_at) if expired_at <= now => Err(RequestError::Expired { expired_at }),
                _ => Ok(()),
            };
        }
        let allowed = options.expires_at.is_none() && (self.free_options || only_preset(options));
        if allowed {
            Ok(())
        } else {
            Err(RequestError::SignatureRequired {
                known: presets.names(),
            })
        }
    }
}

/// A preset at one of its widths, with nothing that multiplies the objects made from it.
fn only_preset(options: &Options) -> bool {
    let plain = Options {
        preset: options.preset.clone(),
        width: options.width,
        format: options.format,
        fallback: options.fallback,
        ..Options::default()
    };
    options.preset.is_some() && plain == *options
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_790_000_000;

    fn check(policy: &Policy, segment: &str) -> Result<(), RequestError> {
        let path = ImagePath::parse(&format!("/img/{segment}/a.jpg")).unwrap();
        policy.check(&path, &Presets::site().unwrap(), NOW)
    }

    fn signed(segment: &str, signer: &Signer) -> String {
        let path = ImagePath::parse(&format!("/img/{segment}/a.jpg")).unwrap();
        format!("{segment},s={}", signer.sign(&path.options, &path.key))
    }

    #[test]
    fn serves_presets_to_everyone() {
        let policy = Policy {
            free_options: false,
            signer: None,
        };
        assert!(check(&policy, "p=card").is_ok());
        assert!(check(&policy, "p=card,w=320,f=webp,fb=1").is_ok());
        for free in [
            "w=321",
            "p=card,q=1",
            "p=card,v=1",
            "p=card,dpr=2",
            "-",
            "p=card,exp=1890000000",
        ] {
            assert!(
                matches!(
                    check(&policy, free),
                    Err(RequestError::SignatureRequired { .. })
                ),
                "{free}"
            );
        }
        assert!(matches!(
            check(&policy, "p=poster"),
            Err(RequestError::UnknownPreset { .. })
        ));
    }

    #[test]
    fn serves_free_options_where_configured() {
        let policy = Policy {
            free_options: true,
            signer: None,
        };
        assert!(check(&policy, "w=321,blur=2").is_ok());
    }

    #[test]
    fn serves_signed_options_until_they_expire() {
        let secret = "0123456789abcdef";
        let policy = Policy {
            free_options: false,
            signer: Signer::from_secret(secret).ok(),
        };
        let signer = Signer::from_secret(secret).unwrap();
        assert!(check(&policy, &signed("w=321", &signer)).is_ok());
        assert!(check(&policy, &signed("w=321,exp=1790000001", &signer)).is_ok());
        let late = check(&policy, &signed("w=321,exp=1790000000", &signer));
        assert_eq!(late, Err(RequestError::Expired { expired_at: NOW }));
        let moved = signed("w=321", &signer).replace("w=321", "w=322");
        assert_eq!(check(&policy, &moved), Err(RequestError::SignatureWrong));
    }

    #[test]
    fn refuses_signatures_where_no_secret_is_configured() {
        let policy = Policy {
            free_options: true,
            signer: None,
        };
        let segment = format!("w=321,s={}", "A".repeat(43));
        assert_eq!(check(&policy, &segment), Err(RequestError::SignatureWrong));
    }
}
