//! Every lever of the baseline moves something.

mod kit;

use jawjaw::ensemble::Plan;
use jawjaw::ensemble::game::Game;
use jawjaw::ensemble::screen::{Reach, Traces, draw_traces, scratch, traces};
use jawjaw::model::Model;
use jawjaw::scenario::levers::{Lever, levers};
use jawjaw::scenario::types::Scenario;

fn game(scenario: Scenario) -> Game {
    Game::new(Model::compile(scenario).expect("it compiles"), |_| None)
}

#[test]
fn explore() {
    let text = std::fs::read_to_string(kit::BASELINE).unwrap();
    let base = kit::scenario(&text);
    let t = std::time::Instant::now();
    let g = game(base.clone());
    eprintln!("compile {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let n: u32 = std::env::var("N").map_or(100, |x| x.parse().unwrap());
    let plan = Plan::new(1, n, 20).unwrap();
    let before = traces(&g, plan);
    eprintln!("{} runs {:?}", plan.runs(), t.elapsed());
    let only = std::env::var("ONLY").unwrap_or_default();
    for lever in levers(&base) {
        if !only.is_empty() && !only.split(',').any(|o| lever.id() == o) { continue; }
        let mut s = base.clone();
        lever.pull(&mut s);
        let t = std::time::Instant::now();
        let after = traces(&game(s), plan);
        let e = jawjaw::ensemble::screen::Effect::of(&before, &after, 8).unwrap();
        eprintln!("{:60} {:?} {:.1} {:?} {:?}", lever.id(), e.reach, e.distance()*100.0, e.outcomes.iter().map(|d| (d.difference*1000.0).round()/10.0).collect::<Vec<_>>(), t.elapsed());
    }
}
#[test]
fn compile_cost() {
    let text = std::fs::read_to_string(kit::BASELINE).unwrap();
    let base = kit::scenario(&text);
    let t = std::time::Instant::now();
    for _ in 0..100 { let _m = std::hint::black_box(Model::compile(base.clone()).unwrap()); }
    eprintln!("compile {:?}", t.elapsed()/100);
    let m = Model::compile(base.clone()).unwrap();
    let t = std::time::Instant::now();
    for d in 0..100 { let _m = std::hint::black_box(jawjaw::engine::prepare(&m, m.draw(1,d))); }
    eprintln!("prepare {:?}", t.elapsed()/100);
    let t = std::time::Instant::now();
    for _ in 0..20 { let _m = std::hint::black_box(Game::new(m.clone(), |_| None)); }
    eprintln!("game {:?}", t.elapsed()/20);
    let t = std::time::Instant::now();
    for _ in 0..20 { let _m = std::hint::black_box(jawjaw::engine::Workspace::new(&m)); }
    eprintln!("workspace {:?}", t.elapsed()/20);
}
