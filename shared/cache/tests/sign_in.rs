//! What is sent to sign in with IAM.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use cache::{Cache, CacheAuth, CacheSettings, Refresh};
use settings::Secret;

#[tokio::test]
async fn every_connection_signs_in_with_a_token_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // A server that reads what is sent first, and refuses.
    let server = thread::spawn(move || {
        let mut heard = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4096];
            let count = stream.read(&mut buffer).unwrap();
            heard.push(String::from_utf8_lossy(&buffer[..count]).into_owned());
            stream.write_all(b"-WRONGPASS no\r\n").unwrap();
        }
        heard
    });
    let settings = CacheSettings {
        url: Some(Secret::new(format!("redis://{address}"))),
        auth: CacheAuth::Iam {
            user: "site".to_owned(),
            cache: "Site-Cache".to_owned(),
            region: "eu-central-1".to_owned(),
        },
        ca_file: None,
        refresh: Refresh::Inline,
    };
    let credentials = Credentials::new("akid", "secret", None, None, "test");
    let provider = SharedCredentialsProvider::new(credentials);
    let cache = Cache::new(&settings, Some(provider)).unwrap();
    for _ in 0..2 {
        assert!(cache.ping().await.is_err());
    }
    for heard in server.join().unwrap() {
        assert!(heard.contains("AUTH") && heard.contains("site"), "{heard}");
        let token = "site-cache/?Action=connect&User=site&X-Amz-Algorithm=AWS4-HMAC-SHA256";
        assert!(heard.contains(token), "{heard}");
        assert!(heard.contains("eu-central-1%2Felasticache"), "{heard}");
    }
}
