use std::io::{self, Write};

use log_formats::civil;

use crate::random::Random;

/// Products of the shop.
const PRODUCTS: u64 = 4000;
/// Addresses that visitors have.
const VISITORS: u64 = 30_000;

/// What there is to visit, and who visits it.
pub(crate) struct Shop {
    agents: Vec<String>,
    referers: Vec<String>,
}

/// One request.
pub(crate) struct Visit {
    time_ms: i64,
    client: String,
    port: u64,
    method: &'static str,
    path: String,
    query: String,
    status: u16,
    bytes_sent: u64,
    bytes_received: u64,
    ms: u64,
    is_hit: bool,
    agent: String,
    referer: String,
    name: String,
    trace: String,
    target: u64,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let mut agents = Vec::new();
        for version in 0..25 {
            for system in [
                "Windows NT 10.0; Win64; x64",
                "Macintosh; Intel Mac OS X 10_15_7",
                "X11; Linux x86_64",
            ] {
                let chrome = 120 + version;
                agents.push(format!(
                    "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36"
                ));
            }
            agents.push(format!(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.{version} Mobile/15E148 Safari/604.1"
            ));
        }
        let crawlers = [
            "Googlebot/2.1; +http://www.google.com/bot.html",
            "bingbot/2.0; +http://www.bing.com/bingbot.htm",
        ];
        agents.extend(crawlers.map(|crawler| format!("Mozilla/5.0 (compatible; {crawler})")));
        let referers = [
            "https://halden.example/",
            "https://halden.example/shop",
            "https://www.google.com/",
            "-",
        ];
        Self {
            agents,
            referers: referers.map(str::to_owned).to_vec(),
        }
    }

    pub(crate) fn visit(&self, time_ms: i64, random: &mut Random) -> Visit {
        let product = random.zipf(PRODUCTS);
        let (path, size) = match random.below(10) {
            0 => ("/".to_owned(), 14_000.0),
            1 => ("/shop".to_owned(), 22_000.0),
            2..=5 => (format!("/shop/stoneware-{product}"), 18_000.0),
            6 | 7 => (format!("/img/stoneware-{product}/640.webp"), 30_000.0),
            8 => (format!("/journal/story-{}", product % 300), 16_000.0),
            _ => (format!("/assets/site-{}.css", product % 7), 6_000.0),
        };
        let query = match random.below(12) {
            0 => format!("page={}", random.zipf(20) + 1),
            1 => format!("utm_source=mail&utm_campaign=c{}", random.below(40)),
            _ => "-".to_owned(),
        };
        let status = match random.below(1000) {
            0..=899 => 200,
            900..=949 => 304,
            950..=969 => 301,
            970..=992 => 404,
            993..=996 => 403,
            997 | 998 => 500,
            _ => 503,
        };
        let visitor = random.zipf(VISITORS).wrapping_mul(2_654_435_761);
        let is_hit = random.below(100) < 83;
        Visit {
            time_ms,
            client: format!(
                "{}.{}.{}.{}",
                11 + visitor % 180,
                visitor / 180 % 256,
                visitor / 46_080 % 256,
                1 + visitor / 11_796_480 % 254
            ),
            port: 1024 + random.below(64_000),
            method: if random.below(60) == 0 { "POST" } else { "GET" },
            path,
            query,
            status,
            bytes_sent: if status == 200 {
                random.skewed(size) as u64
            } else {
                300 + random.below(400)
            },
            bytes_received: 200 + random.below(700),
            ms: (random.skewed(if is_hit { 3.0 } else { 60.0 }) as u64).min(59_999),
            is_hit,
            agent: random.one_of(&self.agents).to_owned(),
            referer: random.one_of(&self.referers).to_owned(),
            name: random.name::<42>(),
            trace: random.hex(24),
            target: random.below(4),
        }
    }
}

impl Visit {
    /// Year, month, day, hour, minute and second.
    fn clock(&self) -> (i64, u8, u8, i64, i64, i64) {
        let (year, month, day) = civil(self.time_ms.div_euclid(86_400_000));
        let second = self.time_ms.rem_euclid(86_400_000) / 1000;
        (
            year,
            month,
            day,
            second / 3600,
            second / 60 % 60,
            second % 60,
        )
    }

    fn seconds(&self) -> String {
        format!("{}.{:03}", self.ms / 1000, self.ms % 1000)
    }

    pub(crate) fn write_cloudfront(&self, out: &mut impl Write) -> io::Result<()> {
        let (year, month, day, hour, minute, second) = self.clock();
        let agent = self.agent.replace(' ', "%20");
        let result = if self.is_hit { "Hit" } else { "Miss" };
        let seconds = self.seconds();
        writeln!(
            out,
            "{year}-{month:02}-{day:02}\t{hour:02}:{minute:02}:{second:02}\tFRA56-P{}\t{}\t{}\t{}\t\
             d111111abcdef8.cloudfront.net\t{}\t{}\t{}\t{agent}\t{}\t-\t{result}\t{}\thalden.example\t\
             https\t{}\t{seconds}\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\t{result}\tHTTP/2.0\t-\t-\t{}\t\
             {seconds}\t{result}\ttext/html;%20charset=utf-8\t-\t-\t-",
            self.target,
            self.bytes_sent,
            self.client,
            self.method,
            self.path,
            self.status,
            self.referer,
            self.query,
            self.name,
            self.bytes_received,
            self.port,
        )
    }

    pub(crate) fn write_alb(&self, out: &mut impl Write) -> io::Result<()> {
        let (year, month, day, hour, minute, second) = self.clock();
        let time = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        let micros = self.port * 15 % 1_000_000;
        let query = if self.query == "-" {
            String::new()
        } else {
            format!("?{}", self.query)
        };
        let target = format!("10.0.{}.17:8080", self.target);
        writeln!(
            out,
            "h2 {time}.{micros:06}Z app/sidetier-web/50dc6c495c0c9188 {}:{} {target} 0.000 {} 0.000 {} {} {} {} \
             \"{} https://halden.example:443{}{query} HTTP/2.0\" \"{}\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 \
             arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/73e2d6bc24d8a067 \
             \"Root=1-{}-{}\" \"halden.example\" \"arn:aws:acm:eu-central-1:123456789012:certificate/0f1e\" 1 \
             {time}.{micros:06}Z \"forward\" \"-\" \"-\" \"{target}\" \"{}\" \"-\" \"-\" TID_{}",
            self.client,
            self.port,
            self.seconds(),
            self.status,
            self.status,
            self.bytes_received,
            self.bytes_sent,
            self.method,
            self.path,
            self.agent,
            &self.trace[..8],
            self.trace,
            self.status,
            &self.name[..32],
        )
    }

    pub(crate) fn write_combined(&self, out: &mut impl Write) -> io::Result<()> {
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let (year, month, day, hour, minute, second) = self.clock();
        let month = MONTHS.get(usize::from(month) - 1).copied().unwrap_or("Jan");
        let query = if self.query == "-" {
            String::new()
        } else {
            format!("?{}", self.query)
        };
        writeln!(
            out,
            "{} - - [{day:02}/{month}/{year}:{hour:02}:{minute:02}:{second:02} +0000] \"{} {}{query} HTTP/1.1\" {} {} \"{}\" \"{}\"",
            self.client,
            self.method,
            self.path,
            self.status,
            self.bytes_sent,
            self.referer,
            self.agent,
        )
    }
}
