//! The staircase against the plain search of every package, on random tables.

use proptest::prelude::*;

use super::super::tables::Tables;
use super::super::world::World;
use super::offer::{OfferBook, Situation, ask, change_of, ratified};
use crate::model::plan::{LinkagePlan, Model};
use crate::model::{Draw, draw::snap};
use crate::scenario::load::{LoadError, Loader, NoFacts, load};

struct Text(String);

impl Loader for Text {
    fn load(&self, _: &str) -> Result<String, LoadError> {
        Ok(self.0.clone())
    }
}

/// Three parties, five issues on the agenda and two off it, two forms.
fn model() -> Model {
    let mut text = include_str!("../../../tests/fixtures/minimal.toml")
        .replace(
            r#"participants = ["lowland", "upland"]"#,
            r#"participants = ["lowland", "upland", "third"]"#,
        )
        .replace(
            r#"decides = ["water", "inspection"]"#,
            r#"decides = ["water", "inspection", "a", "b", "c"]"#,
        );
    text.push_str(
        r#"
[[parties]]
id = "third"
name = "Third"
strategy = { kind = "linear" }
patience = { range = [0.9, 0.95], assumed = "for the test" }

[preferences.third.water]
weight = { range = [0.9, 1.0], assumed = "for the test" }
values = [0.0, 0.2, 0.5, 1.0]
assumed = "for the test"
"#,
    );
    for (id, promise) in [
        ("a", true),
        ("b", false),
        ("c", true),
        ("paper", false),
        ("far", false),
    ] {
        let issue = format!(
            "[[issues]]\nid = \"{id}\"\nname = \"{id}\"\nlevels = [\"0\", \"1\", \"2\"]\n\
             status_quo = 1\npromise = {promise}\nconsent = []\n"
        );
        text.push_str(&issue);
    }
    let loaded = load("test.toml", &Text(text), &NoFacts);
    let scenario = loaded.scenario.expect("the fixture with more issues loads");
    Model::compile(scenario).expect("it compiles")
}

/// `SplitMix64` (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    /// Coarse, so that ties are common.
    fn value(&mut self) -> f64 {
        self.roll(9) as f64 / 8.0 - 0.5
    }
}

/// Linkages, forms and every table at random.
fn scramble(model: &mut Model, dice: &mut Dice) -> (Draw, Tables) {
    let issues = model.issues.len();
    model.form_issue = Some(issues - 2);
    for form in &mut model.forms {
        form.level = (dice.roll(3) > 0).then(|| dice.roll(3) as u8);
    }
    model.linkages.clear();
    for _ in 0..dice.roll(5) {
        let mut tests: Vec<(usize, u32)> = Vec::new();
        for _ in 0..2 + dice.roll(2) {
            tests.push((dice.roll(issues as u64) as usize, 1 + dice.roll(14) as u32));
        }
        model.linkages.push(LinkagePlan {
            party: dice.roll(model.parties.len() as u64) as usize,
            issues: tests.iter().fold(0, |bits, &(issue, _)| bits | 1 << issue),
            tests,
            bonus: None,
            absolute: dice.roll(4) == 0,
        });
    }
    let mut draw = model.draw(1, 0);
    draw.bonus = model.linkages.iter().map(|_| dice.value()).collect();
    for share in &mut draw.ratified {
        *share = [1.0, 0.5, 0.73][dice.roll(3) as usize];
    }
    for refused in &mut draw.forbidden {
        *refused = if dice.roll(3) == 0 {
            1 << dice.roll(4)
        } else {
            0
        };
    }
    for row in 0..model.rows.len() {
        for issue in 0..issues {
            for level in 0..model.max_levels {
                let (own, plain) = (dice.value(), dice.value());
                for form in 0..=model.forms.len() {
                    // Only promises are worth more in one form than in another.
                    let own = if model.issues[issue].promise {
                        dice.value()
                    } else {
                        own
                    };
                    draw.worth[model.worth_index(row, form, issue) + level] = own;
                }
                for other in 0..model.parties.len() {
                    for form in 0..model.forms.len() {
                        let seen = if model.issues[issue].promise {
                            dice.value()
                        } else {
                            plain
                        };
                        draw.estimate[model.estimate_index(row, other, form, issue) + level] = seen;
                    }
                }
            }
        }
    }
    let mut tables = Tables::new(model, &draw);
    for row in 0..model.rows.len() {
        for issue in 0..issues {
            for level in 0..model.max_levels {
                tables.add_price(row, issue, level, dice.value());
            }
        }
    }
    (draw, tables)
}

fn disturb(world: &mut World, model: &Model, dice: &mut Dice) {
    world.generation += 1;
    for (issue, plan) in model.issues.iter().enumerate() {
        if dice.roll(3) == 0 {
            world.levels[issue] = dice.roll(plan.levels as u64) as u8;
        }
    }
    world.settled = 1 << dice.roll(7) & dice.roll(128) as u32;
    world.seats[0] = 0b111 & !(u32::from(dice.roll(4) == 0) << 2);
}

/// Package, form, own and the others' utility.
type Offer = (u64, u8, f64, f64);

/// Every package that the row does not refuse, worked out from the rules alone.
fn every_package(at: Situation<'_>, row: usize) -> Vec<Offer> {
    let Situation {
        model, draw, world, ..
    } = at;
    let venue = &model.venues[0];
    let seated = |party: usize| world.seats[0] >> party & 1 == 1;
    let party = model.rows[row].party;
    let mut surest = venue.forms[0];
    for &form in &venue.forms {
        if draw.ratified[form] > draw.ratified[surest] {
            surest = form;
        }
    }
    let count: usize = venue
        .decides
        .iter()
        .map(|&i| model.issues[i].levels)
        .product();
    let digits = venue.decides.iter().zip(&venue.radix);
    let unchanged: u64 = digits
        .map(|(&issue, radix)| u64::from(world.levels[issue]) * radix)
        .sum();
    let mut offers = Vec::new();
    for package in 0..count as u64 {
        let mut levels = world.levels;
        let mut rest = package;
        for (&issue, radix) in venue.decides.iter().zip(&venue.radix) {
            levels[issue] = (rest / radix) as u8;
            rest %= radix;
        }
        let mut changed: Vec<usize> = (0..levels.len())
            .filter(|&issue| levels[issue] != world.levels[issue])
            .collect();
        let promise = changed.iter().any(|&issue| model.issues[issue].promise);
        if changed.is_empty() || changed.iter().any(|&issue| world.settled >> issue & 1 == 1) {
            continue;
        }
        for &form in &venue.forms {
            if !promise && form != surest {
                continue;
            }
            let mut levels = levels;
            let unraised = changed.len();
            if let (true, Some(issue), Some(level)) =
                (promise, model.form_issue, model.forms[form].level)
                && level > world.levels[issue]
            {
                levels[issue] = level;
                changed.push(issue);
            }
            let (mut own, mut other, mut refused) = (0.0, 0.0, false);
            for &issue in &changed {
                let level = levels[issue];
                refused |= draw.forbidden[row * model.issues.len() + issue] >> level & 1 == 1;
                own += change_of(at, row, form, issue, level);
                for to in (0..model.parties.len()).filter(|&to| to != party && seated(to)) {
                    let at = model.estimate_index(row, to, form, issue);
                    other += draw.estimate[at + usize::from(level)]
                        - draw.estimate[at + usize::from(world.levels[issue])];
                }
            }
            changed.truncate(unraised);
            for (linkage, &bonus) in model.linkages.iter().zip(&draw.bonus) {
                let (after, before) = (linkage.holds(&levels), linkage.holds(&world.levels));
                if after == before || !seated(linkage.party) {
                    continue;
                }
                let sign = if after { 1.0 } else { -1.0 };
                if linkage.party == party {
                    refused |= after && linkage.absolute;
                    own += sign * bonus;
                } else {
                    let power = draw.rows[model.parties[linkage.party].first_row].power;
                    let bonus = if linkage.absolute { -1.0 } else { bonus };
                    other += snap(sign * power * bonus);
                }
            }
            // Without a promise, what is better for nobody than no change is left out.
            let idle = !promise
                && own <= 0.0
                && other <= 0.0
                && (own < 0.0 || other < 0.0 || package > unchanged);
            if !refused && !idle {
                let share = draw.ratified[form];
                let (own, other) = (ratified(own, share), ratified(other, share));
                offers.push((package, form as u8, own, other));
            }
        }
    }
    offers
}

/// The best for the others of what is worth the target; the best for oneself if nothing is.
fn search(offers: &[Offer], target: f64) -> Offer {
    let enough = offers.iter().any(|offer| offer.2 >= target);
    let rank = |a: &Offer, b: &Offer| {
        let (first, second) = if enough {
            (a.3.total_cmp(&b.3), a.2.total_cmp(&b.2))
        } else {
            (a.2.total_cmp(&b.2), a.3.total_cmp(&b.3))
        };
        // A tie goes to the weaker form, then to the lower index.
        first.then(second).then((b.1, b.0).cmp(&(a.1, a.0)))
    };
    *offers
        .iter()
        .filter(|offer| !enough || offer.2 >= target)
        .max_by(|a, b| rank(a, b))
        .expect("there are offers")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_staircase_finds_what_the_search_of_all_packages_finds(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut model = model();
        let (draw, tables) = scramble(&mut model, &mut dice);
        let mut world = World::new(&model);
        world.reset(&model, &draw, &tables);
        // One book for all: what it keeps from one world must not show in the next. The other's
        // best values are worked out without lists.
        let (mut book, mut values) = (OfferBook::new(&model), OfferBook::new(&model));
        let mut walks = OfferBook::new(&model);
        for _ in 0..4 {
            disturb(&mut world, &model, &mut dice);
            world.revalue(&model, &draw, &tables);
            let at = Situation { model: &model, draw: &draw, tables: &tables, world: &world };
            for row in 0..model.rows.len() {
                if world.seats[0] >> model.rows[row].party & 1 == 0 {
                    continue;
                }
                // Plus zero, so that there is one zero only.
                let offers: Vec<Offer> = every_package(at, row)
                    .into_iter()
                    .map(|(package, form, own, other)| (package, form, own + 0.0, other + 0.0))
                    .collect();
                let list = book.list(at, 0, row);
                let best = book.points(list).first().map_or(f64::NEG_INFINITY, |p| p.own);
                prop_assert!(values.best(at, 0, row).total_cmp(&best).is_eq()
                    || values.best(at, 0, row).abs() + best.abs() <= 0.0);
                prop_assert_eq!(offers.is_empty(), book.points(list).is_empty());
                let mut targets: Vec<f64> = offers.iter().map(|offer| offer.2).collect();
                targets.extend([9.0, 0.03, -0.2, -9.0]);
                for &target in targets.iter().filter(|_| !offers.is_empty()) {
                    let points = book.points(list);
                    let found = points[ask(points, target)];
                    let found = (found.package, found.form, found.own + 0.0, found.other + 0.0);
                    prop_assert_eq!(found, search(&offers, target), "target {}", target);
                    let walked = walks.offer(at, 0, row, target).point;
                    let walked = (walked.package, walked.form, walked.own + 0.0, walked.other + 0.0);
                    prop_assert_eq!(walked, found, "walked to target {}", target);
                }
            }
        }
    }
}
