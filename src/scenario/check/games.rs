//! Options that their owner cannot take, states that the status quo is not among.

use super::Checker;

impl Checker<'_> {
    pub(super) fn games(&mut self) {
        let scenario = self.scenario;
        let Some(graph) = &scenario.graph else {
            return;
        };
        for option in &graph.options {
            let path = format!("graph.options.{}", option.id);
            let holder = option.force.as_ref().and_then(|id| {
                let mut force = scenario.force.iter();
                force.find(|force| force.id == *id).map(|f| &f.holder)
            });
            if let Some(holder) = holder
                && *holder != option.owner
                && !option.owner.is_empty()
                && !holder.is_empty()
            {
                let label = self.place(&format!("{path}.force"), format!("held by `{holder}`"));
                let message = format!("`{}` cannot use it", option.owner);
                self.error("force-not-held", message, label);
            }
            let issue = option.issue.as_ref();
            let issue = issue.and_then(|id| scenario.issues.iter().find(|i| i.id == *id));
            if let Some(issue) = issue
                && option.levels.len() >= 2
                && !option.levels.contains(&issue.status_quo)
            {
                let place = format!("{path}.levels");
                let label = self.place(&place, format!("expected {} too", issue.status_quo));
                let message = format!("the status quo of `{}` is not among them", issue.id);
                self.error("option-levels", message, label);
            }
        }
        for (index, combination) in graph.infeasible.iter().enumerate() {
            let level = |id: &String| {
                let issue = scenario.issues.iter().find(|issue| issue.id == *id);
                issue.map_or(f64::NAN, |issue| issue.status_quo as f64)
            };
            let mut tests = combination.when.iter();
            if !combination.when.is_empty() && tests.all(|(id, test)| test.holds(level(id))) {
                let label = self.place(&format!("graph.infeasible.{index}"), "holds at the start");
                self.error(
                    "graph-states",
                    "the status quo is declared infeasible",
                    label,
                );
            }
        }
    }
}
