//! A photo: uploaded, and served by the site in other sizes.

use anyhow::{Context, Result, ensure};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::primitives::ByteStream;
use sample_photos::{Scene, encode_jpeg, render};
use serde_json::Value;

use super::report::Report;
use super::site::{Reply, Site};

/// Width and height of the photo: small, as it is no test of speed.
const SIZE: (u16, u16) = (640, 480);

/// Where photos are uploaded to.
pub(super) struct Photos {
    pub(super) s3: Client,
    pub(super) bucket: String,
}

/// Checks that an uploaded photo comes back: its manifest, a derivative, and a size made on
/// demand. It is deleted in the end, whatever came of it.
pub(super) async fn check(site: &Site, place: Result<Photos>, name: &str, report: &mut Report) {
    let key = format!("smoke-test/{name}.jpg");
    let mut uploaded = None;
    let upload = async {
        let photos = place?;
        let detail = photos.upload(&key).await?;
        uploaded = Some(photos);
        Ok(detail)
    };
    // On the heap: requests of the SDK are large.
    report.check("upload", Box::pin(upload)).await;
    let Some(photos) = uploaded else {
        report.skip("derivatives", "nothing was uploaded");
        report.skip("size on demand", "nothing was uploaded");
        return;
    };
    let mut derivative = None;
    let derived = async {
        let manifest = format!("/derived/manifests/{key}.json");
        let found = site
            .eventually(&manifest, |reply| read_manifest(reply, &key))
            .await?;
        let detail = found.fetch(site).await?;
        derivative = Some(found);
        Ok(detail)
    };
    report.check("derivatives", derived).await;
    match derivative {
        Some(found) => {
            let path = format!("/img/p={},w={}/{key}", found.preset, found.width);
            let on_demand = site.eventually(&path, is_image);
            report.check("size on demand", on_demand).await;
        }
        None => report.skip("size on demand", "there are no derivatives"),
    }
    report.check("photo deleted", photos.delete(&key)).await;
}

impl Photos {
    async fn upload(&self, key: &str) -> Result<String> {
        let photo = encode_jpeg(&render(Scene::Meadow, SIZE.0, SIZE.1, 1), 85, 1);
        let bytes = photo.len();
        let request = self
            .s3
            .put_object()
            .bucket(&self.bucket)
            .key(format!("originals/{key}"))
            .content_type("image/jpeg")
            .body(ByteStream::from(photo));
        // The SDK's own words for a refusal are `service error`.
        let answer = request.send().await;
        answer.map_err(|error| anyhow::anyhow!("{}", DisplayErrorContext(&error)))?;
        Ok(format!("{bytes} bytes"))
    }

    async fn delete(&self, key: &str) -> Result<String> {
        let request = self.s3.delete_object().bucket(&self.bucket);
        let answer = request.key(format!("originals/{key}")).send().await;
        answer.map_err(|error| anyhow::anyhow!("{}", DisplayErrorContext(&error)))?;
        Ok(String::new())
    }
}

/// The smallest derivative of a photo.
#[derive(Debug, PartialEq, Eq)]
struct Derivative {
    number: usize,
    url: String,
    kind: String,
    bytes: u64,
    preset: String,
    width: u64,
}

fn read_manifest(reply: &Reply, key: &str) -> Result<Derivative> {
    reply.expect(200)?;
    smallest(&reply.json()?, key)
}

fn smallest(manifest: &Value, key: &str) -> Result<Derivative> {
    let named = manifest.get("key").and_then(Value::as_str);
    ensure!(named == Some(key), "the manifest is of another photo");
    let all = manifest.get("derivatives").and_then(Value::as_array);
    let all = all.context("read the manifest: it has no derivatives")?;
    let bytes = |derivative: &&Value| derivative.get("bytes").and_then(Value::as_u64);
    let found = all.iter().min_by_key(bytes);
    let found = found.context("read the manifest: it has no derivatives")?;
    let text = |name: &str| {
        let text = found.get(name).and_then(Value::as_str);
        text.map(str::to_owned)
            .with_context(|| format!("find {name} of a derivative"))
    };
    let number = |name: &str| {
        let number = found.get(name).and_then(Value::as_u64);
        number.with_context(|| format!("find {name} of a derivative"))
    };
    Ok(Derivative {
        number: all.len(),
        url: text("url")?,
        kind: text("type")?,
        bytes: number("bytes")?,
        preset: text("preset")?,
        width: number("width")?,
    })
}

impl Derivative {
    async fn fetch(&self, site: &Site) -> Result<String> {
        let reply = site.get(&self.url).await?;
        reply.expect(200)?;
        let kind = reply.content_type();
        ensure!(
            kind == self.kind,
            "{} is {kind}, not {}",
            self.url,
            self.kind
        );
        let length = reply.body.len();
        ensure!(
            u64::try_from(length).ok() == Some(self.bytes),
            "{} has {length} bytes, not {}",
            self.url,
            self.bytes
        );
        Ok(format!(
            "{} of them; {} has {} bytes",
            self.number, self.kind, self.bytes
        ))
    }
}

fn is_image(reply: &Reply) -> Result<String> {
    reply.expect(200)?;
    let kind = reply.content_type();
    ensure!(kind.starts_with("image/"), "it is {kind}, not a picture");
    Ok(format!("{kind}, {} bytes", reply.body.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_smallest_derivative_of_the_right_photo_is_asked_for() {
        let manifest = json!({"key": "a.jpg", "derivatives": [
            {"url": "/derived/1", "type": "image/webp", "bytes": 9, "preset": "card", "width": 640},
            {"url": "/derived/2", "type": "image/avif", "bytes": 7, "preset": "card", "width": 320},
        ]});
        let found = smallest(&manifest, "a.jpg").unwrap();
        assert_eq!(
            (found.url.as_str(), found.number, found.width),
            ("/derived/2", 2, 320)
        );
        assert!(smallest(&manifest, "b.jpg").is_err());
        assert!(smallest(&json!({"key": "a.jpg", "derivatives": []}), "a.jpg").is_err());
    }
}
