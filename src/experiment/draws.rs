//! The uncertain numbers of every draw, as a table of its own: one row a scenario and draw.
//!
//! Flows in: the models. Flows out: columns `scenario`, `draw` and `p.<path>` of each uncertain
//! number. Invariant: the values are those the runs of that draw were played with; they stand here
//! once and not in every row of a run.

use std::ops::Range;

use super::columnar::{Cell, Cells, Column, Kind};
use super::plan::ExperimentPlan;
use crate::model::Model;
use crate::model::plan::Param;
use crate::model::streams::parameter_uniform;
use crate::report::rows::ColumnMeaning;
use crate::scenario::quantity::Dist;

/// Draws of a row group.
pub const GROUP: u32 = 4096;

/// The columns and what fills them.
pub struct Parameters<'a> {
    /// The columns.
    pub columns: Vec<Column>,
    // By scenario, then by column from the third on.
    slots: Vec<Vec<Option<&'a Param>>>,
}

impl<'a> Parameters<'a> {
    /// For models in the order of the plan's scenarios.
    pub fn new(models: &[&'a Model]) -> Self {
        let mut columns = vec![
            column("scenario", Kind::Word, "id", "Scenario"),
            column(
                "draw",
                Kind::Int,
                "number",
                "Draw of the uncertain numbers, from 0",
            ),
        ];
        let keys = columns.len();
        columns[0].words = models
            .iter()
            .map(|model| model.scenario.id.clone())
            .collect();
        columns[0].meaning.values = (models.iter())
            .map(|model| (model.scenario.id.clone(), model.scenario.title.clone()))
            .collect();
        let mut slots: Vec<Vec<Option<&Param>>> = Vec::new();
        for model in models {
            let mut own = vec![None; columns.len() - keys];
            let uncertain = |param: &&Param| !matches!(param.dist, Dist::Constant(_));
            for param in model.params.iter().filter(uncertain) {
                let name = format!("p.{}", param.name);
                let is = |column: &Column| column.meaning.column == name;
                if let Some(index) = columns.iter().position(is) {
                    own[index - keys] = Some(param);
                } else {
                    let meaning = format!("Value drawn for {}", param.name);
                    columns.push(column(&name, Kind::Number, "as in the file", &meaning));
                    own.push(Some(param));
                }
            }
            slots.push(own);
        }
        for column in &mut columns[keys..] {
            column.required = false;
        }
        for own in &mut slots {
            own.resize(columns.len() - keys, None);
        }
        Self { columns, slots }
    }

    /// The rows of some draws, each for all scenarios.
    pub fn rows(&self, plan: &ExperimentPlan, draws: Range<u32>) -> Vec<Cells> {
        let mut cells: Vec<Cells> = self.columns.iter().map(|c| Cells::new(c.kind)).collect();
        for draw in draws {
            for (scenario, slots) in self.slots.iter().enumerate() {
                let keys = [Cell::Word(scenario as u32), Cell::Int(draw.cast_signed())];
                let values = slots.iter().map(|param| {
                    param.map_or(Cell::None, |param| {
                        let luck = parameter_uniform(plan.seed, &param.key, draw);
                        Cell::Number(param.dist.quantile(luck))
                    })
                });
                let row = keys.into_iter().chain(values);
                cells
                    .iter_mut()
                    .zip(row)
                    .for_each(|(column, cell)| column.push(cell));
            }
        }
        cells
    }
}

fn column(name: &str, kind: Kind, unit: &'static str, meaning: &str) -> Column {
    Column {
        meaning: ColumnMeaning {
            column: name.to_owned(),
            unit,
            meaning: meaning.to_owned(),
            values: Vec::new(),
        },
        kind,
        required: true,
        words: Vec::new(),
    }
}
