use maud::{DOCTYPE, Markup, html};

/// What every page has around it.
pub(crate) struct Shell<'a> {
    /// Token of the forms on the page.
    pub token: &'a str,
    /// Whether there is something to sign out of.
    pub signs_out: bool,
}

impl Shell<'_> {
    /// A whole page.
    pub(crate) fn page(&self, title: &str, content: &Markup) -> String {
        let body = html! {
            header {
                nav aria-label="Main" {
                    a href="/forms/admin" { "Forms" }
                    @for form in site_forms::forms() {
                        a href={"/forms/admin/" (form.id)} { (form.presentation.title) }
                    }
                    a href="/forms/admin/dead" { "Given up" }
                    a href="/forms/admin/person" { "One person" }
                    a href="/forms/admin/reports" { "Reports" }
                    @if self.signs_out {
                        (self.post("/forms/admin/logout", &html! { button.plain type="submit" { "Sign out" } }))
                    }
                }
            }
            main { h1 { (title) } (content) }
        };
        document(title, &body)
    }

    /// A form that changes something.
    pub(crate) fn post(&self, action: &str, content: &Markup) -> Markup {
        html! {
            form method="post" action=(action) {
                input type="hidden" name="token" value=(self.token);
                (content)
            }
        }
    }
}

/// The page that asks for the password.
pub(crate) fn login(fault: Option<&str>) -> String {
    document(
        "Sign in",
        &html! {
            main.narrow {
                h1 { "Sign in" }
                @if let Some(fault) = fault { p.fault role="alert" { (fault) } }
                form method="post" action="/forms/admin/login" {
                    label for="password" { "Password" }
                    input id="password" name="password" type="password" autocomplete="current-password" required autofocus;
                    p { button type="submit" { "Sign in" } }
                }
            }
        },
    )
}

/// Something that could not be done.
pub(crate) fn problem(title: &str, detail: &str) -> String {
    document(
        title,
        &html! { main.narrow { h1 { (title) } p role="alert" { (detail) } p { a href="/forms/admin" { "Back to the forms" } } } },
    )
}

fn document(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                meta name="referrer" content="same-origin";
                title { (title) " · Forms" }
                link rel="stylesheet" href="/forms/admin/style.css";
            }
            body { (body) }
        }
    }
    .into_string()
}
