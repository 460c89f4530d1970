use super::*;

#[test]
fn words_of_contest_are_noticed_and_others_left_alone() {
    let found =
        unwelcome("You WON: ranked 3 of the leaderboard, beating... Winter in a window, win-sets");
    assert_eq!(found, ["beating", "leaderboard", "ranked", "won"]);
    assert!(unwelcome("The game lies at percentile 64; a deal, a mark, a runner.").is_empty());
}
