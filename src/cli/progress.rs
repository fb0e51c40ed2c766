//! The progress of a run: a bar on a terminal, or a line now and then in a log.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Time between two lines in a log.
const PAUSE: Duration = Duration::from_secs(30);
/// Number of characters of the bar.
const LENGTH: usize = 30;

/// Counts the work, in approximate forward passes.
pub struct Progress {
    terminal: bool,
    total: u64,
    /// Work that is done, in this run and in earlier ones.
    done: u64,
    before: u64,
    start: Instant,
    told: Option<Instant>,
}

impl Progress {
    /// For `total` work, of which `before` was done in earlier runs.
    pub fn new(total: u64, before: u64) -> Self {
        let terminal = stderr().is_terminal();
        let progress = Self { terminal, total, done: 0, before, start: Instant::now(), told: None };
        progress.show("");
        progress
    }

    /// Some work is done; `what` comes next or was it.
    pub fn add(&mut self, work: u64, what: &str) {
        self.done += work;
        if self.terminal || self.told.unwrap_or(self.start).elapsed() >= PAUSE {
            self.told = Some(Instant::now());
            self.show(what);
        }
    }

    /// Says something without breaking the bar.
    pub fn say(&self, text: &str) {
        self.clear();
        eprintln!("{text}");
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }

    fn show(&self, what: &str) {
        let at = (self.before + self.done).min(self.total);
        let share = at as f64 / self.total.max(1) as f64;
        let left = match self.done {
            0 => String::new(),
            done => time(self.start.elapsed().as_secs_f64() * (self.total - at) as f64 / done as f64) + " left",
        };
        let percent = (100.0 * share).floor();
        if self.terminal {
            let full = (share * LENGTH as f64) as usize;
            eprint!("\r\x1b[K{}{} {percent:>3} %  {left}  {what}", "█".repeat(full), "░".repeat(LENGTH - full));
            // A bar that can't be shown is no reason to stop.
            _ = stderr().flush();
        } else if self.done > 0 {
            eprintln!("{percent} %, {left}, {what}");
        }
    }
}

/// Seconds as hours, minutes and seconds.
fn time(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let [hours, minutes, seconds] = [seconds / 3600, seconds / 60 % 60, seconds % 60];
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_are_read_as_on_a_clock() {
        assert_eq!([time(0.4), time(65.0), time(3661.0)], ["0:00", "1:05", "1:01:01"]);
    }
}
