//! The ledger run: every acknowledged submission is stored, projected and delivered once.
//!
//! Clients post many submissions, each one to four times at the same moment, and write
//! down what they were told. Meanwhile PostgreSQL and Redis stop and start and workers
//! are killed. When everything is quiet, the books are compared. The words are those of
//! Jepsen's set checker: *lost* was acknowledged and is not there; *duplicated* is there
//! more than once; *unknown* was never answered, and may be there or not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use local::Stack;
use serde_json::{Value, json};

/// Longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Pause between two looks at what is still under way.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What a run does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Marks this run's submissions.
    pub run: String,
    /// How many submissions.
    pub submissions: usize,
    /// How many clients post at the same time.
    pub clients: usize,
    /// How often servers are stopped and workers killed while they post.
    pub faults: usize,
    /// Longest wait, after the last post, until everything is delivered.
    pub patience: Duration,
}

/// What the clients were told about one submission.
#[derive(Debug, Clone, Default)]
struct Entry {
    /// Names in positive answers; more than one is a duplicate by our own word.
    ids: BTreeSet<String>,
    /// Answers that were neither positive nor missing.
    refusals: usize,
}

/// The books, compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// Submissions with at least one positive answer.
    pub acknowledged: usize,
    /// Submissions that are there.
    pub there: usize,
    /// Acknowledged and not there.
    pub lost: usize,
    /// There more than once.
    pub duplicated: usize,
    /// Never answered.
    pub unknown: usize,
    /// Never answered, and there.
    pub unknown_there: usize,
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} acknowledged, {} stored, {} lost, {} duplicated, {} unknown ({} stored)",
            self.acknowledged,
            self.there,
            self.lost,
            self.duplicated,
            self.unknown,
            self.unknown_there
        )
    }
}

/// What a run found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Posts sent, repetitions included.
    pub posts: usize,
    /// Answers that refused.
    pub refusals: usize,
    /// Servers stopped and workers killed.
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
            "{} posts, {} refused, {} faults",
            self.posts, self.refusals, self.faults
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
    let faults = AtomicUsize::new(0);
    let posting = AtomicBool::new(true);
    let (entries, posts) = thread::scope(|scope| {
        let breaker = scope.spawn(|| break_things(stack, plan, &posting, &faults, progress));
        let posted = post_all(stack, plan, progress);
        posting.store(false, Ordering::SeqCst);
        let broke = breaker
            .join()
            .map_err(|_| anyhow::anyhow!("the fault thread ended early"));
        broke.and_then(|broke| broke).and(posted)
    })?;
    progress("all posts are answered, waiting for the deliveries");
    let mut report = Report {
        posts,
        refusals: entries.values().map(|entry| entry.refusals).sum(),
        faults: faults.into_inner(),
        ..Report::default()
    };
    let started = Instant::now();
    loop {
        report.table = compare(&entries, &stored(stack, plan)?);
        report.projection = compare(&entries, &projected(stack, plan)?);
        report.webhooks = compare(&entries, &received(stack, plan)?);
        let missing = report.table.lost + report.projection.lost + report.webhooks.lost;
        if missing == 0 || started.elapsed() > plan.patience {
            return Ok(report);
        }
        thread::sleep(LOOK_AGAIN);
    }
}

/// Every post of every submission, from `plan.clients` threads.
fn post_all(
    stack: &Stack,
    plan: &Plan,
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
                    if number >= plan.submissions {
                        break;
                    }
                    let times = 1 + (number * 7 + number / 3) % 4;
                    let entry = post_together(stack, plan, host, &agent, number, times);
                    posts.fetch_add(times, Ordering::SeqCst);
                    if let Ok(mut books) = books.lock() {
                        books.insert(marker(plan, number), entry);
                    }
                    if number > 0 && number % 500 == 0 {
                        progress(&format!(
                            "{number} of {} submissions posted",
                            plan.submissions
                        ));
                    }
                }
            });
        }
    });
    let books = books
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a client ended early"))?;
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
        "message": format!("Where is the parcel of order {marker}? It was due {number} days ago."),
        "privacy": true,
    });
    // A network of its own for every submission: rates are not what is tested here.
    let address = format!(
        "198.{}.{}.9:4711",
        18 + number / 65_536 % 2,
        number % 65_536 / 256
    );
    let address = address.replace(".9:", &format!(".{}:", 1 + number % 250));
    let mut response = agent
        .post(format!("{}/forms/contact", stack.emulator_endpoint()))
        .header("host", host)
        .header("accept", "application/json")
        .header("accept-language", "en")
        .header("content-type", "application/json")
        .header("cloudfront-viewer-address", &address)
        .header("idempotency-key", &marker)
        .send(body.to_string())
        .ok()?;
    let text = response.body_mut().read_to_string().ok()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Some((response.status().as_u16(), body))
}

/// Stops and starts servers and kills workers, as often as the plan says, while posts go on.
fn break_things(
    stack: &Stack,
    plan: &Plan,
    posting: &AtomicBool,
    faults: &AtomicUsize,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<()> {
    for number in 0..plan.faults {
        if !posting.load(Ordering::SeqCst) {
            break;
        }
        match number % 4 {
            0 => {
                progress("stopping PostgreSQL");
                stack.stop_postgres()?;
                thread::sleep(Duration::from_secs(2));
                stack.start_postgres()?;
            }
            1 => {
                progress("stopping Redis");
                stack.stop_redis()?;
                thread::sleep(Duration::from_secs(1));
                stack.start_redis()?;
            }
            2 => {
                progress("killing the workers that deliver");
                stack.kill_function_workers("forms-deliver")?;
            }
            _ => {
                progress("killing the workers that project and dispatch");
                stack.kill_function_workers("forms-project")?;
                stack.kill_function_workers("forms-dispatch")?;
            }
        }
        faults.fetch_add(1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(500));
    }
    Ok(())
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

/// What was acknowledged against what is there: names by marker.
fn compare(entries: &BTreeMap<String, Entry>, there: &BTreeMap<String, BTreeSet<String>>) -> Books {
    let mut books = Books::default();
    for (marker, entry) in entries {
        let stored = there.get(marker).map_or(0, BTreeSet::len);
        books.there += usize::from(stored > 0);
        books.duplicated += usize::from(stored > 1 || entry.ids.len() > 1);
        if entry.ids.is_empty() {
            books.unknown += 1;
            books.unknown_there += usize::from(stored > 0);
        } else {
            books.acknowledged += 1;
            books.lost += usize::from(stored == 0);
        }
    }
    books
}

/// Names by marker in the table of submissions, read through the emulator's API.
fn stored(stack: &Stack, plan: &Plan) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let table = stack.output("SubmissionsTableName")?;
    let mut found = BTreeMap::new();
    let mut start = Value::Null;
    loop {
        let mut request = json!({"TableName": table, "FilterExpression": "sk = :meta",
                                 "ExpressionAttributeValues": {":meta": {"S": "META"}}});
        if !start.is_null() {
            request["ExclusiveStartKey"] = start;
        }
        let answer = stack.dynamodb("Scan", &request)?;
        for item in answer["Items"].as_array().into_iter().flatten() {
            let document: Value = item["document"]["S"]
                .as_str()
                .and_then(|text| serde_json::from_str(text).ok())
                .context("read a submission of the table")?;
            add(&mut found, plan, &document["fields"], &document["id"]);
        }
        start = answer["LastEvaluatedKey"].clone();
        if start.is_null() {
            return Ok(found);
        }
    }
}

/// Names by marker in PostgreSQL.
fn projected(stack: &Stack, plan: &Plan) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let rows =
        stack.sql("SELECT json_build_object('id', id, 'fields', fields) FROM form_submissions")?;
    let mut found = BTreeMap::new();
    for row in rows {
        let row: Value = serde_json::from_str(&row).context("read a row of PostgreSQL")?;
        add(&mut found, plan, &row["fields"], &row["id"]);
    }
    Ok(found)
}

/// Names by marker at the webhook receiver.
fn received(stack: &Stack, plan: &Plan) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut found = BTreeMap::new();
    for webhook in stack.received_webhooks() {
        let data = &webhook["data"];
        add(&mut found, plan, &data["fields"], &data["submission"]);
    }
    Ok(found)
}

fn add(found: &mut BTreeMap<String, BTreeSet<String>>, plan: &Plan, fields: &Value, id: &Value) {
    let marker = fields["order_number"].as_str().unwrap_or_default();
    if let (true, Some(id)) = (marker.starts_with(&plan.run), id.as_str()) {
        found
            .entry(marker.to_owned())
            .or_default()
            .insert(id.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(ids: &[&str]) -> Entry {
        Entry {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            refusals: 0,
        }
    }

    #[test]
    fn the_books_tell_lost_from_unknown() {
        let entries = BTreeMap::from([
            ("a".to_owned(), entry(&["1"])),
            ("b".to_owned(), entry(&["2"])),
            ("c".to_owned(), entry(&[])),
            ("d".to_owned(), entry(&[])),
            ("e".to_owned(), entry(&["5"])),
        ]);
        let ids = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
        let there = BTreeMap::from([
            ("a".to_owned(), ids(&["1"])),
            ("c".to_owned(), ids(&["3"])),
            ("e".to_owned(), ids(&["5", "6"])),
        ]);
        assert_eq!(
            compare(&entries, &there).to_string(),
            "3 acknowledged, 3 stored, 1 lost, 1 duplicated, 2 unknown (1 stored)"
        );
    }
}
