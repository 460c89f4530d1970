//! Made-up scenarios of any size, as text in the ordinary format.
//!
//! Flows in: how many parties, issues, levels and rounds, and what is linked. Flows out: the text of
//! a scenario that checks without a remark. Invariant: the text is a function of these alone.
//!
//! Parties give way so slowly that a round costs what a round of talks costs and no run ends early:
//! by the last day they have conceded a quarter of the way. Nothing else is thrifty: everybody sits
//! at the table and must consent, hides one of two types, asks for something else in each exchange
//! and may act between meetings.

use std::fmt::Write;

/// Which issues are linked, so that they must be looked at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// None: utilities add up.
    None,
    /// The first with the second, the third with the fourth and so on.
    Pairs,
    /// Each with the next: one block of all issues.
    All,
    /// The same within the first half and within the second, by linkages that bring nothing: the
    /// utilities are those of [`Links::None`], but what belongs together is enumerated.
    Halves,
}

/// Whether there is something to be gained by trading one issue for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interests {
    /// Weights differ from party to party.
    Mixed,
    /// Two camps with the same weights and opposite values, and no promises, which the two would
    /// discount differently: what one gains the other loses, so that every package is on the
    /// frontier.
    Opposed,
    /// The same with promises: a longer frontier still, form by form.
    OpposedPromises,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Synthetic {
    /// Parties, 2 to 16.
    pub(crate) parties: usize,
    /// Issues, 1 to 25.
    pub(crate) issues: usize,
    /// Levels of each issue, 2 to 15.
    pub(crate) levels: usize,
    /// Days with a meeting.
    pub(crate) rounds: usize,
    /// What is linked.
    pub(crate) links: Links,
    /// What there is to gain.
    pub(crate) interests: Interests,
}

impl Synthetic {
    /// The middle of every sweep: four parties, six issues of four levels, sixteen rounds.
    pub(crate) const MIDDLE: Self = Self {
        parties: 4,
        issues: 6,
        levels: 4,
        rounds: 16,
        links: Links::None,
        interests: Interests::Mixed,
    };

    /// Packages on the table.
    pub(crate) fn packages(&self) -> u64 {
        (self.levels as u64).pow(self.issues as u32)
    }

    /// The scenario.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("a string takes any text");
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let start = jiff::civil::date(2000, 1, 3);
        let horizon = start
            .checked_add(jiff::Span::new().days(i64::from(self.rounds as u32) - 1))
            .expect("a calendar of some thousand days ends before the year 10000");
        writeln!(
            text,
            "schema = 1\nid = \"synthetic\"\ntitle = \"Synthetic\"\n\
             summary = \"Made up to be measured.\"\nevidence = []\ncutoff = 1999-12-31\n\
             by_definition = \"a made-up game\"\n\
             calendar = {{ start = {start}, horizon = {horizon}, moves_every_days = 3 }}\n\
             cycle = {{ every_days = 1, venues = [\"table\"] }}\n\
             state.tension = {{ start = 0.3, rest = 0.2, decay = 0.1 }}\n\
             talks.on_no_agreement = {{ tension = 0.001 }}\n\
             [beliefs]\noffer_noise = 0.05\ntremble = 0.01\n"
        )?;
        for party in 0..self.parties {
            self.write_party(text, party)?;
        }
        let everybody = list("p", self.parties);
        for issue in 0..self.issues {
            let levels: Vec<String> = (0..self.levels).map(|level| format!("{level}")).collect();
            writeln!(
                text,
                "[[issues]]\nid = \"i{issue}\"\nname = \"Issue {issue}\"\nlevels = {levels:?}\n\
                 status_quo = {}\npromise = {}\nconsent = {everybody}\n",
                self.levels / 2,
                issue % 3 == 2 && self.interests != Interests::Opposed,
            )?;
        }
        self.write_linkages(text)?;
        writeln!(
            text,
            "[[forms]]\nid = \"word\"\nname = \"Word\"\ndurability = {{ p0 = 0.6, p1 = 0.7 }}\n\n\
             [[forms]]\nid = \"treaty\"\nname = \"Treaty\"\nbinding = true\n\
             ratification = {{ p0 = 0.8 }}\n\n\
             [[venues]]\nid = \"table\"\nname = \"Table\"\nparticipants = {everybody}\n\
             decides = {}\nexchanges = 3\n",
            list("i", self.issues)
        )?;
        for party in 0..self.parties {
            writeln!(
                text,
                "[[moves]]\nid = \"m{party}\"\nname = \"Move {party}\"\nactor = \"p{party}\"\n\
                 kind = \"pressure\"\ntarget = \"p{}\"\nlimit = 3\ncost = 0.02\npressure = 0.01\n\
                 effects = {{ tension = 0.02 }}\n",
                (party + 1) % self.parties
            )?;
        }
        writeln!(
            text,
            "[[events]]\nid = \"chance\"\nname = \"Chance\"\nhazard = {{ range = [0.02, 0.1] }}\n\
             effects = {{ tension = 0.05 }}\n\n\
             [[outcomes]]\nid = \"settled\"\nname = \"Settled\"\nseverity = 1\n\
             when = {{ settled_count = {{ of = {}, at_least = 1 }} }}\n\n\
             [[outcomes]]\nid = \"nothing\"\nname = \"Nothing\"\nseverity = 2",
            list("i", self.issues)
        )
    }

    fn write_party(&self, text: &mut String, party: usize) -> std::fmt::Result {
        writeln!(
            text,
            "[[parties]]\nid = \"p{party}\"\nname = \"Party {party}\"\n\
             strategy = {{ kind = \"linear\" }}\ndeadline_weeks = {:.3}\n\
             patience = {{ range = [0.95, 0.99] }}\ninsight = {}\n\
             power = {{ range = [0.9, 1.1] }}\n\n\
             [[parties.types]]\nid = \"soft\"\nname = \"Soft\"\nprior = 0.5\n\n\
             [[parties.types]]\nid = \"hard\"\nname = \"Hard\"\nprior = 0.5\n\
             strategy = {{ kind = \"boulware\" }}\n",
            // Four times the time there is.
            self.rounds as f64 * 4.0 / 7.0,
            match self.interests {
                Interests::Mixed => 0.5,
                Interests::Opposed | Interests::OpposedPromises => 1.0,
            },
        )?;
        for issue in 0..self.issues {
            let camp = match self.interests {
                Interests::Mixed => party,
                Interests::Opposed | Interests::OpposedPromises => 0,
            };
            let low = 0.2 + 0.8 * fraction(&[1, camp, issue]);
            let weight = match self.interests {
                Interests::Mixed => format!("{{ range = [{low:.3}, {:.3}] }}", low + 0.1),
                Interests::Opposed | Interests::OpposedPromises => format!("{low:.6}"),
            };
            // Rising by uneven steps; for every second party the other way round.
            let steps: Vec<f64> = (1..self.levels)
                .map(|level| 0.2 + fraction(&[2, camp, issue, level]))
                .collect();
            let whole: f64 = steps.iter().sum();
            let mut values: Vec<f64> = (0..self.levels)
                .map(|level| steps[..level].iter().sum::<f64>() / whole)
                .map(|value| (value * 1e6).round() / 1e6)
                .collect();
            if party % 2 == 1 {
                for value in &mut values {
                    *value = ((1.0 - *value) * 1e6).round() / 1e6;
                }
            }
            writeln!(
                text,
                "[preferences.p{party}.i{issue}]\nweight = {weight}\nvalues = {values:?}\n"
            )?;
        }
        Ok(())
    }

    fn write_linkages(&self, text: &mut String) -> std::fmt::Result {
        let (step, bonus) = match self.links {
            Links::None => return Ok(()),
            Links::Pairs => (2, 0.02),
            Links::All => (1, 0.02),
            Links::Halves => (1, 0.0),
        };
        for issue in (0..self.issues.saturating_sub(1)).step_by(step) {
            if self.links == Links::Halves && issue + 1 == self.issues / 2 {
                continue;
            }
            writeln!(
                text,
                "[[linkages]]\nid = \"l{issue}\"\nparty = \"p{}\"\n\
                 when = {{ i{issue} = \">= {}\", i{} = \"<= {}\" }}\nbonus = {bonus}\n",
                issue % self.parties,
                self.levels / 2,
                issue + 1,
                (self.levels - 1) / 2,
            )?;
        }
        Ok(())
    }
}

/// `["p0", "p1", ...]`
fn list(letter: &str, count: usize) -> String {
    let names: Vec<String> = (0..count).map(|index| format!("{letter}{index}")).collect();
    format!("{names:?}")
}

/// A number in [0, 1) that looks like chance and hangs on nothing but the numbers given: the
/// finaliser of `SplitMix64` (Steele, Lea and Flood 2014), number after number.
fn fraction(numbers: &[usize]) -> f64 {
    let mixed = numbers.iter().fold(0_u64, |state, &number| {
        let mut z = (state ^ number as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    });
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}
