//! Dates as coarse as the documents give them: a day, a month, a year, or a span of these.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

/// A day, a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatePart {
    /// `2022-01-10`
    Day(Date),
    /// `2022-01`, held as its first day.
    Month(Date),
    /// `2022`, held as its first day.
    Year(Date),
}

impl DatePart {
    /// Its first day.
    pub fn first(self) -> Date {
        match self {
            Self::Day(day) | Self::Month(day) | Self::Year(day) => day,
        }
    }

    /// Its last day.
    pub fn last(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Month(first) => first.last_of_month(),
            Self::Year(first) => first.last_of_year(),
        }
    }
}

impl FromStr for DatePart {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "write a day as 2022-01-10, a month as 2022-01 or a year as 2022";
        let number = |digits: &str, length: usize| {
            let sound = digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit());
            if sound {
                digits.parse::<i16>().map_err(|_| wrong)
            } else {
                Err(wrong)
            }
        };
        let mut parts = text.split('-');
        let year = number(parts.next().unwrap_or_default(), 4)?;
        let month = parts.next().map(|m| number(m, 2)).transpose()?;
        let day = parts.next().map(|d| number(d, 2)).transpose()?;
        if parts.next().is_some() {
            return Err(wrong);
        }
        let date = Date::new(year, month.unwrap_or(1) as i8, day.unwrap_or(1) as i8)
            .map_err(|_| "there is no such day in the calendar")?;
        Ok(match (month, day) {
            (_, Some(_)) => Self::Day(date),
            (Some(_), None) => Self::Month(date),
            (None, None) => Self::Year(date),
        })
    }
}

impl fmt::Display for DatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Month(first) => write!(f, "{:04}-{:02}", first.year(), first.month()),
            Self::Year(first) => write!(f, "{:04}", first.year()),
        }
    }
}

/// The date of a fact as documented: `2022-01-10`, `2022-01`, `2022`, or two of these joined by `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactDate {
    start: DatePart,
    end: Option<DatePart>,
}

impl FactDate {
    /// A single day.
    pub fn day(day: Date) -> Self {
        Self {
            start: DatePart::Day(day),
            end: None,
        }
    }

    /// First day it may mean.
    pub fn first(&self) -> Date {
        self.start.first()
    }

    /// Last day it may mean.
    pub fn last(&self) -> Date {
        self.end.unwrap_or(self.start).last()
    }

    /// The day that a cut-off is compared with: the last day of a span, but the first day of a bare
    /// month or year.
    ///
    /// A span says that something went on until its end, so its end must be known. A bare month or
    /// year only says that the document is no more precise about something it already knew: its last
    /// day would place a statement of early January after the document that makes it.
    pub fn for_cutoff(&self) -> Date {
        match self.end {
            Some(end) => end.last(),
            None => self.start.first(),
        }
    }
}

impl FromStr for FactDate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((start, end)) = text.split_once('/') else {
            return Ok(Self {
                start: text.parse()?,
                end: None,
            });
        };
        let (start, end): (DatePart, DatePart) = (start.parse()?, end.parse()?);
        if end.last() < start.first() {
            return Err("the span ends before it begins");
        }
        Ok(Self {
            start,
            end: Some(end),
        })
    }
}

impl fmt::Display for FactDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.end {
            Some(end) => write!(f, "{}/{end}", self.start),
            None => write!(f, "{}", self.start),
        }
    }
}

impl Serialize for FactDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn check(text: &str, first: Date, last: Date, cutoff: Date) {
        let parsed: FactDate = text.parse().expect(text);
        assert_eq!(
            (parsed.first(), parsed.last(), parsed.for_cutoff()),
            (first, last, cutoff)
        );
        assert_eq!(parsed.to_string(), text);
    }

    #[test]
    fn each_form_has_a_first_and_a_last_day() {
        let jan10 = date(2022, 1, 10);
        check("2022-01-10", jan10, jan10, jan10);
        check(
            "2021-12",
            date(2021, 12, 1),
            date(2021, 12, 31),
            date(2021, 12, 1),
        );
        check(
            "2022",
            date(2022, 1, 1),
            date(2022, 12, 31),
            date(2022, 1, 1),
        );
        check(
            "2014/2015",
            date(2014, 1, 1),
            date(2015, 12, 31),
            date(2015, 12, 31),
        );
        check("2022-01-06/2022-01-10", date(2022, 1, 6), jan10, jan10);
        check(
            "2021-07/2021-10",
            date(2021, 7, 1),
            date(2021, 10, 31),
            date(2021, 10, 31),
        );
    }

    #[test]
    fn slips_are_refused() {
        for text in [
            "",
            "22",
            "2022-1",
            "2022-13",
            "2021-02-29",
            "2022-01-10-1",
            "+022",
            "2022/",
        ] {
            assert!(text.parse::<FactDate>().is_err(), "{text}");
        }
        assert_eq!(
            "2015/2014".parse::<FactDate>().expect_err("reversed"),
            "the span ends before it begins"
        );
    }
}
