//! The on-demand path: any size, by URL, through nginx, CloudFront and the function.

use image_codecs::{
    Frame, GifOptions, GifWriter, InputFormat, Limits, PngOptions, Rgba, Tags, probe,
};

use crate::forms::visitor::Visitor;
use crate::harness::{delete, eventually, get, list, manifest, object, put, upload};

const CHROME: (&str, &str) = ("accept", "image/avif,image/webp,image/*,*/*;q=0.8");
const OLD: (&str, &str) = ("accept", "*/*");

async fn uploaded(key: &str) {
    let scene = sample_photos::render(sample_photos::Scene::Meadow, 900, 600, 3);
    let etag = upload(key, sample_photos::encode_jpeg(&scene, 85, 1)).await;
    manifest(key, &etag).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn serves_the_size_asked_for_and_keeps_it() {
    uploaded("requests/kept.jpg").await;
    let answer = get(
        "/img/h=100,fit=cover,w=150,f=webp/requests/kept.jpg",
        &[CHROME],
    );
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(answer.header("content-type"), "image/webp");
    assert_eq!(answer.header("vary"), "Accept");
    assert!(answer.header("cache-control").contains("max-age=86400"));
    let seen = probe(&answer.body, &Limits::DEFAULT).unwrap();
    assert_eq!((seen.width, seen.height), (150, 100));
    // The edge put the options in order: the stored name is the canonical one.
    let stored = object("derived/img/w=150,h=100,fit=cover,f=webp/requests/kept.jpg").await;
    assert_eq!(stored, Some(answer.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn negotiates_the_format() {
    uploaded("requests/negotiated.jpg").await;
    let path = "/img/p=card,w=320/requests/negotiated.jpg";
    assert_eq!(get(path, &[CHROME]).header("content-type"), "image/avif");
    assert_eq!(
        get(path, &[("accept", "image/webp")]).header("content-type"),
        "image/webp"
    );
    let jpeg = get(path, &[OLD]);
    assert_eq!(jpeg.header("content-type"), "image/jpeg");
    assert_eq!(
        probe(&jpeg.body, &Limits::DEFAULT).unwrap().format,
        InputFormat::Jpeg
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stored_answer_is_served_without_the_function() {
    uploaded("requests/stored.jpg").await;
    let made = get("/img/w=99,f=jpeg/requests/stored.jpg", &[OLD]);
    assert_eq!(made.status, 200);
    let calls = invocations("requests/stored.jpg");
    assert_eq!(calls, 1);
    // A query string passes nginx's cache and is not part of CloudFront's key.
    let found = get("/img/w=99,f=jpeg/requests/stored.jpg?again", &[OLD]);
    assert_eq!(found.body, made.body);
    assert_eq!(found.header("etag"), made.header("etag"));
    assert_eq!(invocations("requests/stored.jpg"), calls);
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_any_key_that_was_uploaded() {
    let key = "requests/a b+c é 100%.jpg";
    uploaded(key).await;
    for encoded in [
        "a%20b+c%20%C3%A9%20100%25.jpg",
        "a%20b%2Bc%20%c3%a9%20100%25.jpg",
    ] {
        let answer = get(&format!("/img/w=96,f=jpeg/requests/{encoded}"), &[OLD]);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 200, "{encoded}: {text}");
    }
    assert!(
        object(&format!("derived/img/w=96,f=jpeg/{key}"))
            .await
            .is_some()
    );
    assert_eq!(invocations("w=96"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_is_told_it_has_it() {
    uploaded("requests/held.jpg").await;
    let path = "/img/w=98,f=jpeg/requests/held.jpg";
    let etag = get(path, &[OLD]).header("etag").to_owned();
    assert!(etag.starts_with('"'));
    let again = get(path, &[OLD, ("if-none-match", &etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_is_wrong() {
    uploaded("requests/plain.jpg").await;
    let cases = [
        ("/img/zoom=2/requests/plain.jpg", 400, "request.option"),
        ("/img/w=0/requests/plain.jpg", 400, "request.option"),
        ("/img/p=poster/requests/plain.jpg", 400, "request.preset"),
        ("/img/w=10/no-such-photo.jpg", 404, "image.not_found"),
        ("/img/w=10/%252e%252e/plain.jpg", 404, "image.not_found"),
        (
            "/img/w=10,s=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/requests/plain.jpg",
            403,
            "request.signature_wrong",
        ),
        (
            "/img/w=8192,h=8192,fit=fill,enlarge=1/requests/plain.jpg",
            413,
            "image.limit",
        ),
        (
            "/img/w=10,exp=1000/requests/plain.jpg",
            403,
            "request.expired",
        ),
    ];
    for (path, status, code) in cases {
        let answer = get(path, &[CHROME]);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, status, "{path}: {text}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}: {text}"
        );
        assert_eq!(answer.json()["code"], code, "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_fallback_where_asked() {
    put("assets/fallback.png", square(128, [90, 90, 90, 255])).await;
    let answer = get("/img/w=64,f=png,fb=1/no-such-photo.jpg", &[OLD]);
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(answer.header("x-image-error"), "image.not_found");
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    assert_eq!(probe(&answer.body, &Limits::DEFAULT).unwrap().width, 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn lays_the_watermark_over() {
    put("assets/watermark.png", square(64, [255, 0, 255, 255])).await;
    uploaded("requests/marked.jpg").await;
    let plain = get("/img/w=200,f=png/requests/marked.jpg", &[OLD]);
    let marked = get("/img/w=200,f=png,wm=se:100:40/requests/marked.jpg", &[OLD]);
    assert_eq!((plain.status, marked.status), (200, 200));
    let pixels = |bytes: &[u8]| {
        let seen = probe(bytes, &Limits::DEFAULT).unwrap();
        match image_codecs::decode(bytes, &seen, None, &Limits::DEFAULT).unwrap() {
            image_codecs::Picture::Rgba(rgba) => rgba,
            image_codecs::Picture::Yuv(yuv) => yuv.to_rgba(),
        }
    };
    let (plain, marked) = (pixels(&plain.body), pixels(&marked.body));
    let differs = |x: u32, y: u32| {
        let at = ((y * plain.width + x) * 4) as usize;
        plain.data[at..at + 4] != marked.data[at..at + 4]
    };
    let changed = (0..plain.height)
        .flat_map(|y| (0..plain.width).map(move |x| (x, y)))
        .filter(|(x, y)| differs(*x, *y));
    let (top_left, rest): (Vec<_>, Vec<_>) = changed.partition(|(x, y)| *x < 100 && *y < 60);
    assert!(top_left.is_empty(), "the watermark reached the top left");
    assert!(!rest.is_empty(), "the watermark is not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_what_is_too_large_by_redirect() {
    let scene = sample_photos::render(sample_photos::Scene::Meadow, 2400, 1800, 5);
    let key = "requests/large.jpg";
    let etag = upload(key, sample_photos::encode_jpeg(&scene, 95, 1)).await;
    manifest(key, &etag).await;
    let answer = get("/img/f=png/requests/large.jpg", &[OLD]);
    assert_eq!(answer.status, 302);
    let whole = get(answer.header("location"), &[OLD]);
    assert_eq!(
        (whole.status, whole.header("content-type")),
        (200, "image/png")
    );
    assert!(whole.body.len() > 4_500_000, "{}", whole.body.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_upload_takes_old_answers_away() {
    let key = "requests/renewed.jpg";
    uploaded(key).await;
    assert_eq!(
        get("/img/w=77,f=jpeg/requests/renewed.jpg", &[OLD]).status,
        200
    );
    let stored = "derived/img/w=77,f=jpeg/requests/renewed.jpg";
    assert_eq!(list(stored).await.len(), 1);
    delete(key).await;
    eventually("the stored answer to go", || async {
        list(stored).await.is_empty().then_some(())
    })
    .await;
    // Past the edge, which keeps its own answer for as long as it was told.
    let gone = Visitor::new().get("/img/w=77,f=jpeg/requests/renewed.jpg");
    assert_eq!(gone.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_animations_moving() {
    let bytes = animation();
    let etag = upload("requests/spinner.gif", bytes).await;
    manifest("requests/spinner.gif", &etag).await;
    let webp = get("/img/w=20/requests/spinner.gif", &[CHROME]);
    assert_eq!(webp.header("content-type"), "image/webp");
    assert_eq!(probe(&webp.body, &Limits::DEFAULT).unwrap().frames, 3);
    let gif = get("/img/w=20/requests/spinner.gif", &[OLD]);
    assert_eq!(probe(&gif.body, &Limits::DEFAULT).unwrap().frames, 3);
    let still = get("/img/w=20,anim=0,f=webp/requests/spinner.gif", &[OLD]);
    assert_eq!(probe(&still.body, &Limits::DEFAULT).unwrap().frames, 1);
}

/// Three frames in three colours.
fn animation() -> Vec<u8> {
    let mut writer = GifWriter::new(40, 40, 0, &GifOptions::default()).unwrap();
    for colour in [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]] {
        let canvas = Rgba {
            data: colour.repeat(1600),
            width: 40,
            height: 40,
            opaque: true,
        };
        writer
            .push(&Frame {
                canvas,
                delay_ms: 100,
            })
            .unwrap();
    }
    writer.finish().unwrap()
}

/// A PNG of one colour.
fn square(side: u32, colour: [u8; 4]) -> Vec<u8> {
    let data = colour.repeat((side * side) as usize);
    let picture = image_codecs::Picture::Rgba(Rgba {
        data,
        width: side,
        height: side,
        opaque: true,
    });
    image_codecs::encode_png(&picture, &PngOptions::default(), &Tags::default()).unwrap()
}

/// How often image-serve answered for a photo, by its log.
fn invocations(key: &str) -> usize {
    let lines = crate::harness::stack().logs("image-serve").unwrap();
    lines
        .iter()
        .filter(|line| line.contains("Answered") && line.contains(key))
        .count()
}
