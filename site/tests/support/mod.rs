//! The site as tests start it, those of what works for it behind the scenes too.

#![allow(dead_code, reason = "each test uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;

use local::DataServices;
use site::{App, Config};

/// The site with this PostgreSQL and whatever is at this address of a Redis.
pub(crate) async fn app(services: &DataServices, redis: &str) -> App {
    let database = services.postgres_url();
    let vars = BTreeMap::from([
        ("DATABASE_URL", database.as_str()),
        ("CACHE_URL", redis),
        ("SITE_LISTEN", "127.0.0.1:0"),
        ("SITE_URL", "http://shop.test"),
        ("MEDIA_BUCKET", "media"),
        ("EDITOR_SECRET", r#"{"password":"correct horse"}"#),
    ]);
    let config = Config::for_server(&vars).unwrap();
    App::connect(config).await.unwrap()
}

/// What an editor sends who was shown this form of the Tide vase, and had it glazed anew.
pub(crate) fn glazed_anew(form: &str) -> String {
    let (key, version) = (hidden(form, "form_key"), hidden(form, "version"));
    format!(
        "form_key={key}&version={version}&name=Tide+vase&summary=New&description=Glazed+anew\
         &price=64&stock=3"
    )
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let start = format!("name=\"{name}\" value=\"");
    page.split(&start)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
}
