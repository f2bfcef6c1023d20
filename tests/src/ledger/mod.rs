//! The ledger run: every acknowledged submission is stored, projected and delivered once.
//!
//! Clients post many submissions, each one to four times at the same moment, and write
//! down what they were told. Meanwhile things break. When everything is quiet, the books
//! are compared. The words are those of Jepsen's set checker: *lost* was acknowledged and
//! is not there; *duplicated* is there more than once; *unknown* was never answered, and
//! may be there or not.

mod books;
mod faults;

pub use books::Books;
pub use faults::Faults;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use local::Stack;
use serde_json::{Value, json};

use books::{Entry, compare, projected, received, stored};

/// Longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Shortest pause between two looks at what is still under way.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What a run does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Marks this run's submissions.
    pub run: String,
    /// How many submissions at least: clients go on while there are faults to come.
    pub submissions: usize,
    /// How many clients post at the same time.
    pub clients: usize,
    /// What breaks while they post.
    pub faults: Faults,
    /// Longest wait, after the last post, until everything is delivered.
    pub patience: Duration,
}

/// What a run found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Submissions, each posted once or more.
    pub submissions: usize,
    /// Posts sent, repetitions included.
    pub posts: usize,
    /// Answers that refused: everything but 2xx.
    pub refusals: usize,
    /// Servers stopped, workers killed, services that failed.
    pub faults: usize,
    /// The table of submissions.
    pub table: Books,
    /// PostgreSQL.
    pub projection: Books,
    /// The webhook receiver. Webhooks come at least once, with the same name each time:
    /// what counts as duplicated here is the same submission under two names.
    pub webhooks: Books,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} submissions in {} posts, {} refused, {} faults",
            self.submissions, self.posts, self.refusals, self.faults
        )?;
        writeln!(f, "submissions: {}", self.table)?;
        writeln!(f, "PostgreSQL:  {}", self.projection)?;
        write!(f, "webhooks:    {}", self.webhooks)
    }
}

/// Runs a plan against a stack. `progress` hears of what happens.
///
/// # Errors
/// A stack that cannot be asked; deliveries that are not finished in time are no error,
/// they show up as lost.
pub fn run(stack: &Stack, plan: &Plan, progress: &(dyn Fn(&str) + Sync)) -> Result<Report> {
    let is_breaking = AtomicBool::new(true);
    let (faults, (entries, posts)) = thread::scope(|scope| {
        let breaker = scope.spawn(|| {
            let broken = plan.faults.break_things(stack, progress);
            is_breaking.store(false, Ordering::SeqCst);
            broken
        });
        let posted = post_all(stack, plan, &is_breaking, progress);
        let broken = breaker
            .join()
            .map_err(|_| anyhow!("the fault thread ended early"));
        anyhow::Ok((broken??, posted?))
    })?;
    progress("all posts are answered, waiting for the deliveries");
    let mut report = Report {
        submissions: entries.len(),
        posts,
        refusals: entries.values().map(|entry| entry.refusals).sum(),
        faults,
        ..Report::default()
    };
    let quiet = Instant::now();
    loop {
        let looked = Instant::now();
        report.table = compare(&entries, &stored(stack, &plan.run)?);
        report.projection = compare(&entries, &projected(stack, &plan.run)?);
        report.webhooks = compare(&entries, &received(stack, &plan.run));
        let missing = report.table.lost + report.projection.lost + report.webhooks.lost;
        if missing == 0 || quiet.elapsed() > plan.patience {
            return Ok(report);
        }
        // Looking is work for the emulator too: most of its time goes to the deliveries.
        thread::sleep(LOOK_AGAIN.max(looked.elapsed() * 4));
    }
}

/// Every post of every submission, from `plan.clients` threads.
fn post_all(
    stack: &Stack,
    plan: &Plan,
    is_breaking: &AtomicBool,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<(BTreeMap<String, Entry>, usize)> {
    let next = AtomicUsize::new(0);
    let posts = AtomicUsize::new(0);
    let books: Mutex<BTreeMap<String, Entry>> = Mutex::new(BTreeMap::new());
    let host = stack.output("DistributionDomainName")?;
    thread::scope(|scope| {
        for _ in 0..plan.clients {
            scope.spawn(|| {
                let agent = agent();
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= plan.submissions && !is_breaking.load(Ordering::SeqCst) {
                        break;
                    }
                    let times = 1 + (number * 7 + number / 3) % 4;
                    let entry = post_together(stack, plan, host, &agent, number, times);
                    posts.fetch_add(times, Ordering::SeqCst);
                    if let Ok(mut books) = books.lock() {
                        books.insert(marker(plan, number), entry);
                    }
                    if number > 0 && number.is_multiple_of(500) {
                        progress(&format!("{number} submissions posted"));
                    }
                }
            });
        }
    });
    let books = books
        .into_inner()
        .map_err(|_| anyhow!("a client ended early"))?;
    Ok((books, posts.into_inner()))
}

/// The same submission, `times` times at once.
fn post_together(
    stack: &Stack,
    plan: &Plan,
    host: &str,
    agent: &ureq::Agent,
    number: usize,
    times: usize,
) -> Entry {
    let answers: Vec<Option<(u16, Value)>> = thread::scope(|scope| {
        let posts: Vec<_> = (0..times)
            .map(|_| scope.spawn(|| post(stack, plan, host, agent, number)))
            .collect();
        posts
            .into_iter()
            .map(|post| post.join().ok().flatten())
            .collect()
    });
    let mut entry = Entry::default();
    for (status, body) in answers.into_iter().flatten() {
        match (status, body["id"].as_str()) {
            (200..300, Some(id)) => {
                entry.ids.insert(id.to_owned());
            }
            _ => entry.refusals += 1,
        }
    }
    entry
}

/// One post; `None` where no answer came.
fn post(
    stack: &Stack,
    plan: &Plan,
    host: &str,
    agent: &ureq::Agent,
    number: usize,
) -> Option<(u16, Value)> {
    let marker = marker(plan, number);
    let body = json!({
        "name": format!("Visitor {number}"),
        "email": format!("visitor-{number}@example.com"),
        "topic": "order",
        "order_number": marker,
        "message": format!("Where is the parcel of order {}?", in_words(number)),
        "privacy": true,
    });
    let mut response = agent
        .post(format!("{}/forms/contact", stack.emulator_endpoint()))
        .header("host", host)
        .header("accept", "application/json")
        .header("accept-language", "en")
        .header("content-type", "application/json")
        .header("cloudfront-viewer-address", visitor_address(number))
        .header("idempotency-key", &marker)
        .send(body.to_string())
        .ok()?;
    let text = response.body_mut().read_to_string().ok()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Some((response.status().as_u16(), body))
}

/// A number in letters: messages that differ in digits only are taken for the same one.
fn in_words(number: usize) -> String {
    const DIGITS: [&str; 10] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let digits = number.to_string();
    let digits = digits
        .bytes()
        .map(|digit| DIGITS[usize::from(digit - b'0')]);
    digits.collect::<Vec<&str>>().join(" ")
}

/// An address in a network (/24) of its own: rates are not what is tested here.
fn visitor_address(number: usize) -> String {
    let first = 11 + number / 65_536 % 100;
    format!("{first}.{}.{}.9:4711", number / 256 % 256, number % 256)
}

fn marker(plan: &Plan, number: usize) -> String {
    format!("{}-{number}", plan.run)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(ANSWER))
        .build()
        .into()
}
