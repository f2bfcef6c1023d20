//! The upload path: a photo in, a responsive set out.

use image_codecs::{Limits, probe};
use image_request::SourceKey;
use image_set::layout;
use serde_json::Value;

use crate::harness::{delete, eventually, get, list, manifest, object, upload};

fn photo(width: u16, height: u16) -> Vec<u8> {
    sample_photos::encode_jpeg(
        &sample_photos::render(sample_photos::Scene::Meadow, width, height, 7),
        85,
        1,
    )
}

fn derivatives(manifest: &Value) -> Vec<&Value> {
    manifest["derivatives"].as_array().unwrap().iter().collect()
}

#[tokio::test]
async fn an_upload_comes_back_as_a_set() {
    let key = "uploads/a b+c é 100%.jpg";
    let etag = upload(key, photo(1000, 750)).await;
    let manifest = manifest(key, &etag).await;
    assert_eq!(manifest["key"], key);
    assert_eq!(
        (&manifest["source"]["width"], &manifest["source"]["height"]),
        (&1000.into(), &750.into())
    );
    assert!(
        manifest["dominant_colour"]
            .as_str()
            .unwrap()
            .starts_with('#')
    );
    // 2 thumbnail, 3 card and 2 full widths (nothing is enlarged), three formats each.
    assert_eq!(derivatives(&manifest).len(), (2 + 3 + 2) * 3);
    for derivative in derivatives(&manifest) {
        let answer = get(derivative["url"].as_str().unwrap(), &[]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), derivative["type"]);
        assert!(answer.header("cache-control").contains("immutable"));
        assert_eq!(answer.body.len() as u64, derivative["bytes"]);
        if derivative["format"] != "avif" {
            let seen = probe(&answer.body, &Limits::DEFAULT).unwrap();
            assert_eq!(Value::from(seen.width), derivative["width"]);
            assert_eq!(Value::from(seen.height), derivative["height"]);
        }
    }
    let picture = manifest["presets"]["card"]["picture"].as_str().unwrap();
    assert!(
        picture.starts_with(r#"<picture><source type="image/avif""#),
        "{picture}"
    );
}

#[tokio::test]
async fn a_new_upload_replaces_the_set_and_a_deletion_removes_it() {
    let key = "uploads/replaced.jpg";
    let first = upload(key, photo(400, 300)).await;
    let before = manifest(key, &first).await;
    let second = upload(key, photo(600, 300)).await;
    let after = manifest(key, &second).await;
    assert_eq!(after["source"]["width"], 600);
    // Pages in caches still name the set before.
    let kept = derivatives(&before)[0]["key"].as_str().unwrap().to_owned();
    assert!(object(&kept).await.is_some());

    delete(key).await;
    let set = layout::set_prefix(&SourceKey::parse(key).unwrap());
    eventually("the set to be removed", || async {
        list(&set).await.is_empty().then_some(())
    })
    .await;
    let gone = format!("derived/manifests/{key}.json");
    eventually("the manifest to be removed", || async {
        object(&gone).await.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_third_upload_lets_the_first_set_go() {
    let key = "uploads/thrice.jpg";
    let set = layout::set_prefix(&SourceKey::parse(key).unwrap());
    let mut sequencers = Vec::new();
    for width in [200, 220, 240] {
        let etag = upload(key, photo(width, 100)).await;
        let manifest = manifest(key, &etag).await;
        sequencers.push(manifest["source"]["sequencer"].as_str().unwrap().to_owned());
    }
    let stale = format!("{set}{}/", sequencers[0]);
    eventually("the first set to go", || async {
        list(&stale).await.is_empty().then_some(())
    })
    .await;
    assert!(!list(&format!("{set}{}/", sequencers[1])).await.is_empty());
    assert!(!list(&format!("{set}{}/", sequencers[2])).await.is_empty());
}

#[tokio::test]
async fn a_bad_upload_is_explained_and_not_retried() {
    let truncated = {
        let whole = photo(400, 300);
        whole[..whole.len() / 2].to_vec()
    };
    let cases = [
        ("bad/truncated.jpg", truncated, "image.corrupt"),
        ("bad/empty.jpg", Vec::new(), "image.format"),
        (
            "bad/document.jpg",
            b"%PDF-1.7 a document".to_vec(),
            "image.format",
        ),
        ("bad/bomb.png", lying_png(60_000, 60_000), "image.limit"),
    ];
    for (key, bytes, code) in cases {
        upload(key, bytes).await;
        let note = eventually(&format!("the reason for {key}"), || {
            object_at(format!("rejected/{key}.json"))
        })
        .await;
        let rejection: Value = serde_json::from_slice(&note).unwrap();
        assert_eq!(rejection["code"], code, "{rejection}");
        assert!(
            rejection["reason"]
                .as_str()
                .unwrap()
                .starts_with("failed to "),
            "{rejection}"
        );
        assert!(
            object(&format!("derived/manifests/{key}.json"))
                .await
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_good_upload_takes_the_reason_away() {
    let key = "bad/mended.jpg";
    upload(key, b"not a picture".to_vec()).await;
    let note = format!("rejected/{key}.json");
    eventually("the reason", || object_at(note.clone())).await;
    let etag = upload(key, photo(200, 150)).await;
    manifest(key, &etag).await;
    eventually("the reason to go", || async {
        object(&note).await.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_wrong_extension_does_not_matter() {
    let key = "uploads/really-a.png";
    let etag = upload(key, photo(200, 150)).await;
    assert_eq!(manifest(key, &etag).await["source"]["format"], "jpeg");
}

async fn object_at(key: String) -> Option<Vec<u8>> {
    object(&key).await
}

/// A PNG that promises a size and has hardly any pixels.
fn lying_png(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 6, 0, 0, 0],
    ]
    .concat();
    // A zlib stream of nothing at all.
    let no_pixels = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];
    for (kind, data) in [
        (b"IHDR", &header[..]),
        (b"IDAT", &no_pixels),
        (b"IEND", &[]),
    ] {
        png.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
        let chunk = [&kind[..], data].concat();
        png.extend_from_slice(&chunk);
        png.extend_from_slice(&crc32(&chunk).to_be_bytes());
    }
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
