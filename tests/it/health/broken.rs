//! A site of which parts are down, until the test is over, however it ends.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::thread;

use aws_sdk_cloudfront::types::{InvalidationBatch, Paths};
use lambda_kit::now_ms;
use local::Stack;

use super::{all_work, probe, state, wait_on};
use crate::harness::{aws, get_from, wait_for};
use crate::mailbox::{Mail, Mailbox};

/// The site that is broken, and the mails that its owner gets meanwhile.
pub(super) struct Broken<'a> {
    stack: &'a Stack,
    mailbox: Mailbox,
    mails: RefCell<Vec<Mail>>,
}

impl<'a> Broken<'a> {
    /// Nothing is broken yet, and these checks work.
    pub(super) fn not_yet(stack: &'a Stack, checks: &[&str]) -> Self {
        all_work(stack, checks);
        let name = format!("health-{}", now_ms());
        Self {
            stack,
            mailbox: wait_on(Mailbox::subscribe(stack, &name)),
            mails: RefCell::default(),
        }
    }

    /// Runs two probes at once, and that again until a check is in this state. Returns how often.
    pub(super) fn probed_until(&self, check: &str, wanted: &str) -> u32 {
        let mut rounds = 0;
        wait_for(&format!("{check} to be in the state {wanted}"), || {
            rounds += 1;
            self.probe_twice_at_once();
            (state(self.stack, check) == wanted).then_some(rounds)
        })
    }

    pub(super) fn probe_twice_at_once(&self) {
        thread::scope(|scope| {
            let runs = [(); 2].map(|()| scope.spawn(|| probe(self.stack)));
            for run in runs {
                let outcome = run.join().unwrap();
                assert!(outcome["errorType"].is_null(), "{outcome}");
            }
        });
    }

    /// The mails about a check until now, the oldest first.
    pub(super) fn mails_about(&self, check: &str) -> Vec<Mail> {
        let mut mails = self.mails.borrow_mut();
        mails.extend(wait_on(self.mailbox.read()));
        let line = format!("Check: {check}");
        let is_about = |mail: &&Mail| mail.text.lines().any(|found| found == line);
        mails.iter().filter(is_about).cloned().collect()
    }

    /// Has the edge forget what a path stands for.
    pub(super) fn forget_at_the_edge(&self, path: &str) {
        let paths = Paths::builder().quantity(1).items(path).build().unwrap();
        let batch = InvalidationBatch::builder()
            .paths(paths)
            .caller_reference(format!("health-{}", now_ms()));
        let request = aws_sdk_cloudfront::Client::new(&aws(self.stack))
            .create_invalidation()
            .distribution_id(self.stack.output("DistributionId").unwrap())
            .invalidation_batch(batch.build().unwrap());
        wait_on(request.send()).unwrap();
    }

    /// Waits until no cache has these pages any more. Who would fetch them anew is down.
    pub(super) fn forget(&self, pages: &[&str]) {
        let environment = self.stack.functions_environment();
        let proxy = environment.parent().unwrap().join("proxy/cache");
        wait_for(&format!("all caches to forget {pages:?}"), || {
            remove_files(&proxy);
            self.forget_at_the_edge("/*");
            let fails = |page: &&str| get_from(self.stack, page, &[]).status >= 500;
            pages.iter().all(fails).then_some(())
        });
    }

    fn mend(&self) -> anyhow::Result<()> {
        let stack = self.stack;
        stack.fail_services(&[])?;
        stack.start_postgres()?;
        stack.start_redis()?;
        for index in [0, 1] {
            stack.start_web_server(index)?;
        }
        stack.start_proxy()?;
        Ok(())
    }
}

impl Drop for Broken<'_> {
    fn drop(&mut self) {
        let mended = self.mend();
        // Of a test that has failed, its own fault is told.
        if !thread::panicking() {
            mended.unwrap();
        }
    }
}

/// Removes the files of a cache: nginx notices that they are gone.
fn remove_files(directory: &Path) {
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            remove_files(&path);
        } else {
            // It may be replaced just now.
            let _ = fs::remove_file(path);
        }
    }
}
