//! POSIX extended regular expressions, compiled to steps and run over all threads at once.

use super::bracket::Set;

/// A compiled expression.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    /// One byte out of a set.
    Set(Box<Set>),
    /// This byte, in lower case.
    Byte(u8),
    /// Any byte.
    Any,
    /// Go on here and there.
    Split(usize, usize),
    /// Go on there.
    Jump(usize),
    /// Only at the beginning of the text.
    Begin,
    /// Only at its end.
    End,
    /// Done.
    Match,
}

/// Most steps: bounds such as `{1,200}` are unrolled.
const MOST_STEPS: usize = 20_000;
/// Deepest nesting of groups.
const MOST_DEPTH: usize = 100;
/// Largest bound, RE_DUP_MAX of POSIX.
const MOST_REPEATS: usize = 255;

impl Expression {
    pub(super) fn new(pattern: &[u8]) -> Result<Self, String> {
        let mut compiler = Compiler { pattern, at: 0, steps: Vec::new() };
        compiler.alternatives(0)?;
        if compiler.at < pattern.len() {
            return Err("')' without '('".to_owned());
        }
        compiler.push(Step::Match)?;
        Ok(Self { steps: compiler.steps })
    }

    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let mut now = Threads::new(self.steps.len());
        let mut next = Threads::new(self.steps.len());
        for at in 0..=text.len() {
            // Matching anywhere: a new thread begins at every byte.
            if self.follow(&mut now, 0, at, text.len()) {
                return true;
            }
            let Some(byte) = text.get(at) else { return false };
            for index in 0..now.list.len() {
                let step = now.list[index];
                let fits = match &self.steps[step] {
                    Step::Byte(wanted) => *wanted == byte.to_ascii_lowercase(),
                    Step::Any => true,
                    Step::Set(set) => set.has(*byte),
                    _ => false,
                };
                if fits && self.follow(&mut next, step + 1, at + 1, text.len()) {
                    return true;
                }
            }
            std::mem::swap(&mut now, &mut next);
            next.clear();
        }
        false
    }

    /// Adds a thread and whatever it reaches without a byte; true when it reaches the match.
    fn follow(&self, threads: &mut Threads, from: usize, at: usize, end: usize) -> bool {
        let mut open = vec![from];
        while let Some(step) = open.pop() {
            if !threads.add(step) {
                continue;
            }
            match &self.steps[step] {
                Step::Match => return true,
                Step::Jump(to) => open.push(*to),
                Step::Split(one, two) => open.extend([*two, *one]),
                Step::Begin if at == 0 => open.push(step + 1),
                Step::End if at == end => open.push(step + 1),
                _ => {}
            }
        }
        false
    }
}

/// A set of steps with its members in order.
struct Threads {
    has: Vec<bool>,
    list: Vec<usize>,
}

impl Threads {
    fn new(steps: usize) -> Self {
        Self { has: vec![false; steps], list: Vec::new() }
    }

    fn add(&mut self, step: usize) -> bool {
        if std::mem::replace(&mut self.has[step], true) {
            return false;
        }
        self.list.push(step);
        true
    }

    fn clear(&mut self) {
        for step in self.list.drain(..) {
            self.has[step] = false;
        }
    }
}

struct Compiler<'a> {
    pattern: &'a [u8],
    at: usize,
    steps: Vec<Step>,
}

impl Compiler<'_> {
    fn peek(&self) -> Option<u8> {
        self.pattern.get(self.at).copied()
    }

    fn push(&mut self, step: Step) -> Result<(), String> {
        if self.steps.len() >= MOST_STEPS {
            return Err("too large once its bounds are unrolled".to_owned());
        }
        self.steps.push(step);
        Ok(())
    }

    /// `a|b|c`, up to the end or the bracket that closes it.
    fn alternatives(&mut self, depth: usize) -> Result<(), String> {
        if depth > MOST_DEPTH {
            return Err(format!("groups nested deeper than {MOST_DEPTH}"));
        }
        let mut ends = Vec::new();
        loop {
            let from = self.steps.len();
            self.sequence(depth)?;
            if self.peek() != Some(b'|') {
                break;
            }
            self.at += 1;
            // Split before the branch, jump behind it.
            self.insert(from, Step::Split(from + 1, self.steps.len() + 2))?;
            ends.push(self.steps.len());
            self.push(Step::Jump(0))?;
        }
        let end = self.steps.len();
        for jump in ends {
            self.steps[jump] = Step::Jump(end);
        }
        Ok(())
    }

    fn sequence(&mut self, depth: usize) -> Result<(), String> {
        while let Some(byte) = self.peek() {
            if byte == b'|' || byte == b')' && depth > 0 {
                return Ok(());
            }
            if byte == b')' {
                return Err("')' without '('".to_owned());
            }
            let from = self.steps.len();
            self.atom(depth)?;
            self.repetitions(from)?;
        }
        Ok(())
    }

    fn atom(&mut self, depth: usize) -> Result<(), String> {
        let byte = self.peek().ok_or("ends too early")?;
        self.at += 1;
        match byte {
            b'(' => {
                self.alternatives(depth + 1)?;
                if self.peek() != Some(b')') {
                    return Err("'(' without ')'".to_owned());
                }
                self.at += 1;
                Ok(())
            }
            b'[' => {
                let (set, length) = Set::parse(&self.pattern[self.at..], false).ok_or("'[' without ']'")?;
                self.at += length;
                self.push(Step::Set(Box::new(set)))
            }
            b'.' => self.push(Step::Any),
            b'^' => self.push(Step::Begin),
            b'$' => self.push(Step::End),
            b'*' | b'+' | b'?' => Err(format!("nothing before '{}'", char::from(byte))),
            b'\\' => {
                let escaped = self.peek().ok_or("ends in a backslash")?;
                self.at += 1;
                // Letters and digits have meanings of their own in some systems: none that we guess at.
                if escaped.is_ascii_alphanumeric() {
                    return Err(format!("'\\{}' is no extended regular expression", char::from(escaped)));
                }
                self.push(Step::Byte(escaped))
            }
            other => self.push(Step::Byte(other.to_ascii_lowercase())),
        }
    }

    /// Any number of `*`, `+`, `?` and `{m,n}` behind what was compiled from `from` on.
    fn repetitions(&mut self, from: usize) -> Result<(), String> {
        loop {
            let (least, most) = match self.peek() {
                Some(b'*') => self.one((0, None)),
                Some(b'+') => self.one((1, None)),
                Some(b'?') => self.one((0, Some(1))),
                Some(b'{') => match self.bounds()? {
                    Some(bounds) => bounds,
                    None => return Ok(()),
                },
                _ => return Ok(()),
            };
            self.repeat(from, least, most)?;
        }
    }

    /// Steps over one byte.
    fn one(&mut self, bounds: (usize, Option<usize>)) -> (usize, Option<usize>) {
        self.at += 1;
        bounds
    }

    /// `{m}`, `{m,}`, `{m,n}` or `{,n}`; a brace without a number stands for itself.
    fn bounds(&mut self) -> Result<Option<(usize, Option<usize>)>, String> {
        let inner = &self.pattern[self.at + 1..];
        if !inner.first().is_some_and(|b| b.is_ascii_digit() || *b == b',') {
            return Ok(None);
        }
        let end = inner.iter().position(|b| *b == b'}').ok_or("'{' without '}'")?;
        let text = std::str::from_utf8(&inner[..end]).map_err(|_| "no bounds in '{}'")?;
        let number = |text: &str| match text.parse::<usize>() {
            Ok(number) if number <= MOST_REPEATS => Ok(number),
            _ => Err(format!("no bound up to {MOST_REPEATS}: '{text}'")),
        };
        let bounds = match text.split_once(',') {
            None => (number(text)?, Some(number(text)?)),
            Some((least, most)) => (
                if least.is_empty() { 0 } else { number(least)? },
                if most.is_empty() { None } else { Some(number(most)?) },
            ),
        };
        if bounds.1.is_some_and(|most| most < bounds.0) {
            return Err(format!("bounds in the wrong order: '{text}'"));
        }
        self.at += end + 2;
        Ok(Some(bounds))
    }

    /// Unrolls `from..` so that it stands `least` to `most` times.
    fn repeat(&mut self, from: usize, least: usize, most: Option<usize>) -> Result<(), String> {
        let body: Vec<Step> = self.steps.split_off(from);
        for _ in 0..least {
            self.append(&body, from)?;
        }
        match most {
            None => {
                let split = self.steps.len();
                self.push(Step::Split(split + 1, split + body.len() + 2))?;
                self.append(&body, from)?;
                self.push(Step::Jump(split))
            }
            Some(most) => {
                let copies = most - least;
                let end = self.steps.len() + copies * (body.len() + 1);
                for _ in 0..copies {
                    let split = self.steps.len();
                    self.push(Step::Split(split + 1, end))?;
                    self.append(&body, from)?;
                }
                Ok(())
            }
        }
    }

    /// Copies steps that were compiled at `from` to the end.
    fn append(&mut self, body: &[Step], from: usize) -> Result<(), String> {
        let base = self.steps.len();
        let moved = |to: usize| to - from + base;
        for step in body {
            self.push(match step {
                Step::Split(one, two) => Step::Split(moved(*one), moved(*two)),
                Step::Jump(to) => Step::Jump(moved(*to)),
                other => other.clone(),
            })?;
        }
        Ok(())
    }

    /// Inserts a step before those from `from` on and moves their targets by one.
    fn insert(&mut self, from: usize, step: Step) -> Result<(), String> {
        let body = self.steps.split_off(from);
        self.push(step)?;
        self.append(&body, from)
    }
}
