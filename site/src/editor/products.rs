//! Changing products.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use database::Type;
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::frame;
use super::fields::{Faults, Line, area, line, overtaken};
use super::session::Editor;
use crate::catalogue::{self, CATALOGUE, Product};
use crate::content::HOME;
use crate::publishing::{Stale, publish};
use crate::{App, SiteError, answer};

const UPDATE: &str = "UPDATE products SET name = $2, summary = $3, description = $4, \
     price_cents = $5, stock = $6, version = version + 1, updated_at = now() \
     WHERE slug = $1 AND version = $7";

/// What was sent.
#[derive(Deserialize)]
pub(crate) struct Posted {
    form_key: String,
    version: i32,
    name: String,
    summary: String,
    description: String,
    price: String,
    stock: String,
}

/// `GET /editor/products/{slug}`.
pub(crate) async fn edit(
    State(app): State<App>,
    editor: Editor,
    Path(slug): Path<String>,
) -> Result<Response, SiteError> {
    let product = catalogue::find(&app, &slug)
        .await?
        .ok_or(SiteError::NotFound)?;
    let posted = Posted {
        form_key: editor.form_key.clone(),
        version: product.version,
        price: decimal(product.price_cents),
        stock: product.stock.to_string(),
        name: product.name,
        summary: product.summary,
        description: product.description,
    };
    Ok(form(
        StatusCode::OK,
        &editor,
        &slug,
        &posted,
        &Faults::default(),
        &html! {},
    ))
}

/// `POST /editor/products/{slug}`.
pub(crate) async fn save(
    State(app): State<App>,
    editor: Editor,
    Path(slug): Path<String>,
    Form(mut posted): Form<Posted>,
) -> Result<Response, SiteError> {
    if !editor.sent(&posted.form_key) {
        return Err(SiteError::Forged);
    }
    let present = catalogue::find(&app, &slug)
        .await?
        .ok_or(SiteError::NotFound)?;
    let (changed, faults) = read(&present, &posted);
    if !faults.is_empty() {
        let wrong = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(form(wrong, &editor, &slug, &posted, &faults, &html! {}));
    }
    let stale = Stale {
        tags: vec![
            format!("product-{slug}"),
            CATALOGUE.to_owned(),
            HOME.to_owned(),
        ],
        paths: vec![
            format!("/products/{slug}"),
            format!("/categories/{}", present.category),
            "/products".to_owned(),
            "/".to_owned(),
        ],
    };
    let values = [
        (&changed.slug as _, Type::TEXT),
        (&changed.name as _, Type::TEXT),
        (&changed.summary as _, Type::TEXT),
        (&changed.description as _, Type::TEXT),
        (&changed.price_cents as _, Type::INT4),
        (&changed.stock as _, Type::INT4),
        (&posted.version as _, Type::INT4),
    ];
    if !publish(&app, UPDATE, &values, &stale).await? {
        posted.version = present.version;
        let notice = overtaken(&format!("/editor/products/{slug}"));
        return Ok(form(
            StatusCode::CONFLICT,
            &editor,
            &slug,
            &posted,
            &faults,
            &notice,
        ));
    }
    Ok(answer::see_other("/editor"))
}

fn read(present: &Product, posted: &Posted) -> (Product, Faults) {
    let mut faults = Faults::default();
    faults.text("name", posted.name.trim(), 1..=120);
    faults.text("summary", posted.summary.trim(), 1..=300);
    faults.text("description", posted.description.trim(), 1..=20_000);
    let price_cents = cents(&posted.price);
    if price_cents.is_none() {
        faults.add("price", "A price such as 64.00 is allowed, up to 100000.00");
    }
    let stock = posted.stock.trim().parse::<i32>().ok();
    let stock = stock.filter(|count| (0..=1_000_000).contains(count));
    if stock.is_none() {
        faults.add("stock", "A whole number from 0 to 1000000 is allowed");
    }
    let changed = Product {
        name: posted.name.trim().to_owned(),
        summary: posted.summary.trim().to_owned(),
        description: posted.description.trim().replace("\r\n", "\n"),
        price_cents: price_cents.unwrap_or_default(),
        stock: stock.unwrap_or_default(),
        ..present.clone()
    };
    (changed, faults)
}

fn decimal(cents: i32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Cents of a price such as `64`, `64.5` or `64.00`; a comma is a point.
fn cents(text: &str) -> Option<i32> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if part.len() > 2 || !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole: i32 = whole
        .parse()
        .ok()
        .filter(|euros| (0..=100_000).contains(euros))?;
    let part: i32 = format!("{part:0<2}").parse().ok()?;
    Some(whole * 100 + part).filter(|cents| *cents > 0)
}

fn form(
    status: StatusCode,
    editor: &Editor,
    slug: &str,
    posted: &Posted,
    faults: &Faults,
    notice: &Markup,
) -> Response {
    let one = |name, label, value| {
        let (hint, kind) = (None, "text");
        line(
            &Line {
                name,
                label,
                hint,
                value,
                kind,
            },
            faults,
        )
    };
    let content = html! {
        h1 { "Edit a product" }
        p { a href=(format!("/products/{slug}")) { "Look at it" } }
        (notice)
        (faults.summary())
        form method="post" action=(format!("/editor/products/{slug}")) novalidate {
            input type="hidden" name="form_key" value=(editor.form_key);
            input type="hidden" name="version" value=(posted.version);
            (one("name", "Name", &posted.name))
            (one("summary", "Summary", &posted.summary))
            (area("description", "Description", Some("Markdown"), &posted.description, faults))
            (one("price", "Price in euro", &posted.price))
            (one("stock", "In stock", &posted.stock))
            div.actions { button type="submit" { "Save" } }
        }
    };
    frame(status, "Edit a product", editor, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_write_them() {
        assert_eq!(cents("64"), Some(6400));
        assert_eq!(cents(" 64,5 "), Some(6450));
        assert_eq!(cents("0.05"), Some(5));
        for wrong in ["", "0", "-1", "1.234", "1e3", "99999999"] {
            assert_eq!(cents(wrong), None, "{wrong}");
        }
        assert_eq!(decimal(6405), "64.05");
    }
}
