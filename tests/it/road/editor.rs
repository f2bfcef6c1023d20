//! Somebody who writes for the site.

use local::Stack;

use crate::browser::Browser;
use crate::forms::visitor::{attribute, encode};
use crate::harness::{Answer, stack};

/// The password on this machine.
pub(crate) const PASSWORD: &str = "sidetier";

/// An editor who has signed in.
pub(crate) struct Editor<'a> {
    stack: &'a Stack,
    cookie: String,
}

impl<'a> Editor<'a> {
    pub(crate) fn sign_in(stack: &'a Stack) -> Self {
        let mut editor = Self {
            stack,
            cookie: String::new(),
        };
        let answer = editor.post("/editor/sign-in", &[("password", PASSWORD)]);
        assert_eq!(answer.status, 303);
        let cookie = answer.header("set-cookie");
        editor.cookie = cookie.split(';').next().unwrap().to_owned();
        editor
    }

    /// Signs a browser in, as a person does.
    pub(crate) fn sign_in_with(browser: &Browser) {
        browser.open(&format!("{}/editor", stack().site_url()));
        browser.type_into(&browser.wait_for("#password"), PASSWORD);
        browser.click(&browser.wait_for("main button[type=submit]"));
        browser.wait_for(".editor-bar");
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], &[])
    }

    pub(crate) fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        self.request(
            "POST",
            path,
            &[("content-type", kind)],
            encode(pairs).as_bytes(),
        )
    }

    /// Sends a form with a file in it, where one is given.
    pub(crate) fn post_form(
        &self,
        path: &str,
        pairs: &[(&str, &str)],
        photo: Option<&[u8]>,
    ) -> Answer {
        let boundary = "----road7MA4YWxkTrZu0gW";
        let mut body = Vec::new();
        for (name, value) in pairs {
            body.extend(
                format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        if let Some(photo) = photo {
            body.extend(
                format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"photo\"; \
                     filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
                )
                .bytes(),
            );
            body.extend(photo);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        self.request("POST", path, &[("content-type", &kind)], &body)
    }

    /// The value that forms of this session carry, and the version of what a page edits.
    pub(crate) fn form_values(&self, path: &str) -> (String, String) {
        let page = String::from_utf8(self.get(path).body).unwrap();
        (
            attribute(&page, "name=\"form_key\"", "value"),
            attribute(&page, "name=\"version\"", "value"),
        )
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.stack.site_url()))
            .header("cookie", &self.cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(body).unwrap()).unwrap();
        let body = response.body_mut().read_to_vec().unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body,
        }
    }
}
