//! An origin with one queue before a few servers, its users, and the warmer's workers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use origin_limit::{Batch, Health, Limiter, Outcome, Sample};

use crate::random::Random;
use crate::scenario::{Run, Scenario};

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    User(usize),
    Served(Request),
    Refused(Request),
    Wake,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    from: From,
    at_us: i64,
    service_us: i64,
    in_flight: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    User,
    Worker(usize),
}

struct Worker {
    name: String,
    /// The row as it saw it last, and what it has folded into it since.
    limiter: Limiter,
    unsent: Batch,
    in_flight: u32,
    rested_us: i64,
    sent_us: i64,
}

struct World<'a> {
    scenario: &'a Scenario,
    users: Vec<(i64, i64)>,
    events: BinaryHeap<Reverse<(i64, Event)>>,
    queue: VecDeque<Request>,
    busy: usize,
    random: Random,
    row: Limiter,
    workers: Vec<Worker>,
    run: Run,
}

/// How often a worker stores what it saw.
const SEND_US: i64 = 1_000_000;

pub(crate) fn run(scenario: &Scenario) -> Run {
    let mut row = Limiter::new(&scenario.rules);
    row.hear(&scenario.rules, Health::Good, 0);
    let users = scenario.users();
    let mut world = World {
        scenario,
        users,
        events: BinaryHeap::new(),
        queue: VecDeque::new(),
        busy: 0,
        random: Random(!scenario.seed),
        row,
        workers: Vec::new(),
        run: Run::default(),
    };
    world.workers = (0..scenario.workers).map(|n| world.worker(n)).collect();
    world.at(0, Event::User(0));
    let last_ms = scenario.end_us() / 1000;
    // So that pauses end although nothing else happens.
    (0..last_ms / 5).for_each(|n| world.at(n * 5000, Event::Wake));
    while let Some(Reverse((now_us, event))) = world.events.pop() {
        if now_us > scenario.end_us() {
            break;
        }
        world.handle(now_us, event);
        world.warm(now_us);
    }
    world.run
}

impl World<'_> {
    fn worker(&mut self, number: usize) -> Worker {
        let name = format!("worker-{number}");
        self.row.lease(&self.scenario.rules, &name, 0);
        Worker {
            limiter: self.row.clone(),
            unsent: Batch {
                worker: name.clone(),
                first: 0,
                samples: Vec::new(),
            },
            name,
            in_flight: 0,
            rested_us: 0,
            // Not all at once.
            sent_us: SEND_US / 7 * number as i64,
        }
    }

    fn at(&mut self, us: i64, event: Event) {
        self.events.push(Reverse((us, event)));
    }

    fn handle(&mut self, now_us: i64, event: Event) {
        match event {
            Event::User(index) => {
                let Some((at_us, service_us)) = self.users.get(index).copied() else {
                    return;
                };
                if at_us > now_us {
                    return self.at(at_us, Event::User(index));
                }
                self.arrive(Request {
                    from: From::User,
                    at_us,
                    service_us,
                    in_flight: 0,
                });
                self.at(now_us, Event::User(index + 1));
            }
            Event::Served(request) => {
                self.busy -= 1;
                self.answer(now_us, request, Outcome::Ok);
                self.serve(now_us);
            }
            Event::Refused(request) => self.answer(
                now_us,
                request,
                Outcome::Throttled {
                    retry_after_ms: None,
                },
            ),
            Event::Wake => {}
        }
    }

    fn arrive(&mut self, request: Request) {
        if self.scenario.storm.contains(&(request.at_us / 1000)) {
            self.at(request.at_us + 3000, Event::Refused(request));
        } else {
            self.queue.push_back(request);
            self.serve(request.at_us);
        }
    }

    fn serve(&mut self, now_us: i64) {
        while self.busy < self.scenario.servers
            && let Some(request) = self.queue.pop_front()
        {
            self.busy += 1;
            self.at(now_us + request.service_us, Event::Served(request));
        }
    }

    fn answer(&mut self, now_us: i64, request: Request, outcome: Outcome) {
        let From::Worker(index) = request.from else {
            let waited_us = now_us - request.at_us;
            return self.run.users.push((request.at_us, waited_us));
        };
        let started_ms = request.at_us / 1000;
        let sample = Sample {
            started_ms,
            first_byte_ms: now_us / 1000 - started_ms,
            in_flight: request.in_flight,
            outcome,
        };
        self.run.samples.push(sample);
        let worker = &mut self.workers[index];
        worker.in_flight -= 1;
        worker.unsent.samples.push(sample);
        let rules = &self.scenario.rules;
        worker.limiter.fold(rules, &worker.unsent, now_us / 1000);
        worker.rested_us = now_us + worker.limiter.rest_ms() * 1000;
        let limit = worker.limiter.limit();
        self.note(now_us, limit);
    }

    fn warm(&mut self, now_us: i64) {
        for index in 0..self.workers.len() {
            self.send(now_us, index);
            let worker = &mut self.workers[index];
            let slots = worker.limiter.slots(&worker.name, now_us / 1000);
            while self.workers[index].in_flight < slots && self.workers[index].rested_us <= now_us {
                let worker = &mut self.workers[index];
                worker.in_flight += 1;
                let in_flight = worker.in_flight;
                let request = Request {
                    from: From::Worker(index),
                    at_us: now_us,
                    service_us: self.scenario.service_us(&mut self.random),
                    in_flight,
                };
                self.arrive(request);
            }
        }
    }

    /// Reads the row, folds into it what the worker saw, and stores it.
    fn send(&mut self, now_us: i64, index: usize) {
        let (worker, rules) = (&mut self.workers[index], &self.scenario.rules);
        if now_us < worker.sent_us {
            return;
        }
        worker.sent_us = now_us + SEND_US;
        self.row.lease(rules, &worker.name, now_us / 1000);
        self.row.fold(rules, &worker.unsent, now_us / 1000);
        worker.limiter = self.row.clone();
        worker.unsent.first += worker.unsent.samples.len() as u64;
        worker.unsent.samples.clear();
        let limit = worker.limiter.limit();
        self.note(now_us, limit);
    }

    fn note(&mut self, now_us: i64, limit: f64) {
        let last = self.run.limits.last();
        if last.is_none_or(|(_, last)| *last != limit) {
            self.run.limits.push((now_us / 1000, limit));
        }
    }
}
