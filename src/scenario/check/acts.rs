//! Moves, force and threats that do not fit together.

use super::Checker;
use crate::diagnostic::Severity;
use crate::scenario::types::{Move, MoveKind};

impl Checker<'_> {
    pub(super) fn acts(&mut self) {
        for act in &self.scenario.moves {
            self.unilateral_move(act);
        }
        self.force();
        self.threats();
    }

    fn unilateral_move(&mut self, act: &Move) {
        let path = format!("moves.{}", act.id);
        if !self.written(&format!("{path}.kind")) {
            return;
        }
        if act.kind == MoveKind::Pressure && !self.written(&format!("{path}.target")) {
            let label = self.place(&path, "expected `target`, the party whose value falls");
            self.error(
                "missing-key",
                format!("`{}` presses on nobody", act.id),
                label,
            );
        }
        let belongs = [
            ("target", MoveKind::Pressure),
            ("pressure", MoveKind::Pressure),
            ("share", MoveKind::Relief),
            ("force", MoveKind::Terminal),
            ("payoff", MoveKind::Terminal),
        ];
        for (key, kind) in belongs {
            let place = format!("{path}.{key}");
            if act.kind != kind && self.written(&place) {
                let label = self.place(&place, "has no effect here");
                let message = format!("`{key}` is for moves of kind {}", word(kind));
                self.warning("unused-key", message, label);
            }
        }
        if act.kind != MoveKind::Terminal {
            return;
        }
        let force = self.written(&format!("{path}.force"));
        let payoff = self.written(&format!("{path}.payoff"));
        if !force && !payoff {
            let label = self.place(&path, "neither `force` nor `payoff`");
            let message = format!("`{}` ends the run and nobody gains or loses by it", act.id);
            let help = "name the force option it uses, or say what it is worth to each party";
            self.report(
                Severity::Warning,
                "inert-terminal",
                message,
                label,
                Some(help),
            );
        }
        if force && payoff {
            let label = self.place(
                &format!("{path}.payoff"),
                "the force option's payoffs are used",
            );
            self.warning("unused-key", "`payoff` has no effect beside `force`", label);
        }
        let option = act.force.as_ref();
        let option =
            option.and_then(|id| self.scenario.force.iter().find(|option| option.id == *id));
        if let Some(option) = option
            && option.holder != act.actor
            && !act.actor.is_empty()
            && !option.holder.is_empty()
        {
            let label = self.place(
                &format!("{path}.force"),
                format!("held by `{}`", option.holder),
            );
            let message = format!(
                "`{}` does not hold the force option `{}`",
                act.actor, option.id
            );
            self.error("force-not-held", message, label);
        }
    }

    fn force(&mut self) {
        for option in &self.scenario.force {
            let path = format!("force.{}", option.id);
            let used = self
                .scenario
                .moves
                .iter()
                .any(|act| act.force.as_ref() == Some(&option.id));
            if !used {
                let label = self.place(&path, "in no terminal move's `force`");
                let message = format!("no move uses the force option `{}`", option.id);
                self.warning("unused-force", message, label);
            }
            if option.holder == option.target && !option.holder.is_empty() {
                let label = self.place(&format!("{path}.target"), "expected another party");
                self.error(
                    "self-target",
                    format!("`{}` aims at its holder", option.id),
                    label,
                );
            }
        }
    }

    fn threats(&mut self) {
        for threat in &self.scenario.threats {
            let path = format!("threats.{}", threat.id);
            if threat.by == threat.target && !threat.by.is_empty() {
                let label = self.place(&format!("{path}.target"), "expected another party");
                self.error(
                    "self-target",
                    format!("`{}` threatens its maker", threat.id),
                    label,
                );
            }
            for trigger in &threat.trigger {
                let act = self.scenario.moves.iter().find(|act| act.id == *trigger);
                let other = act.filter(|act| act.actor != threat.target && !act.actor.is_empty());
                if let Some(act) = other.filter(|_| !threat.target.is_empty()) {
                    let label = self.place(
                        &format!("{path}.trigger"),
                        format!("a move of `{}`", act.actor),
                    );
                    let message = format!(
                        "`{}` is to be punished for `{trigger}`, which is not its own move",
                        threat.target
                    );
                    self.warning("foreign-trigger", message, label);
                }
            }
        }
    }
}

fn word(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Pressure => "`pressure`",
        MoveKind::Relief => "`relief`",
        MoveKind::Signal => "`signal`",
        MoveKind::Terminal => "`terminal`",
    }
}
