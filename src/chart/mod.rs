//! Pictures of an ensemble: what its summary says, as SVG text and PNG bytes.
//!
//! Flows in: [`Summary`] and nothing else. Flows out: [`Figure`]s, which the caller writes where it
//! likes. Invariants: no file, clock or font of the machine is touched, so the same summary gives the
//! same bytes everywhere; chance and ignorance are never drawn as one interval; the same outcome and
//! the same party have the same colour in every figure.
//!
//! ```
//! use jawjaw::{chart, ensemble::summary::Summary};
//!
//! fn pictures(summary: &Summary) -> Result<Vec<(String, Vec<u8>)>, chart::ChartError> {
//!     let figures = chart::figures(summary).into_iter();
//!     figures.map(|figure| Ok((figure.name.clone() + ".png", figure.png()?))).collect()
//! }
//! ```
//!
//! One file a chart; each computes its title from the numbers, then fills a canvas with
//! marks, which `export` paints at two scales. Colours and sizes are in `theme`.

mod beliefs;
mod canvas;
mod changes;
mod claims;
mod comparison;
mod concessions;
mod curves;
mod diagram;
mod discover;
mod dotplot;
mod export;
mod font;
mod issues;
mod joint;
mod moves;
mod offers;
mod outcomes;
mod panel;
mod phrase;
mod rare;
mod screening;
mod sensitivity;
mod solve;
mod survival;
mod sweep;
#[cfg(test)]
mod synthetic;
mod tension;
#[cfg(test)]
mod tests;
mod theme;
mod timeline;
mod zone;

use crate::ensemble::summary::Summary;
use canvas::Canvas;

pub use changes::changes;
pub use claims::claims;
pub use comparison::comparison;
pub use curves::{Curve, CurvePanel, Scale, curves};
pub use discover::figures as discover_figures;
pub use dotplot::{Dots, Marked, dotplot};
pub use moves::moves;
pub use offers::{Asked, Made, offers};
pub use phrase::{head, percent};
pub use rare::figure as rare_figure;
pub use screening::figures as screening_figures;
pub use sensitivity::figures as sensitivity_figures;
pub use solve::figures as solve_figures;
pub use sweep::figures as sweep_figures;
pub use zone::{Gains, zone};

/// A picture, ready to be painted.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// File stem: `1-outcomes`.
    pub name: String,
    /// What it shows, with the main number, as drawn above it.
    pub title: String,
    /// The contents in words, for readers who cannot see it.
    pub description: String,
    draw: Canvas,
}

impl Figure {
    /// The picture as a self-contained SVG document of 1200 pixels' width.
    pub fn svg(&self) -> Result<String, ChartError> {
        export::svg(&self.draw, &self.title, &self.description)
    }

    /// The picture as the bytes of a PNG file of 1200 pixels' width.
    pub fn png(&self) -> Result<Vec<u8>, ChartError> {
        export::png(&self.draw)
    }
}

/// Why a picture could not be painted.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The drawing library refused a mark.
    #[error("cannot draw the figure: {0}")]
    Draw(String),
    /// The pixels could not be packed.
    #[error("cannot encode the figure as PNG")]
    Png(#[from] png::EncodingError),
}

impl ChartError {
    fn draw(error: impl std::fmt::Display) -> Self {
        Self::Draw(error.to_string())
    }
}

/// A summary as large as a real one, for tests of pages that hold figures.
#[cfg(test)]
pub(crate) fn test_summary() -> Summary {
    synthetic::summary(synthetic::LIKELY)
}

/// All figures of one scenario, in reading order; charts without data are left out.
pub fn figures(summary: &Summary) -> Vec<Figure> {
    let single = [
        outcomes::figure(summary),
        timeline::figure(summary),
        concessions::figure(summary),
        joint::figure(summary),
        issues::figure(summary),
    ];
    single
        .into_iter()
        .flatten()
        .chain(beliefs::figures(summary))
        .chain(tension::figure(summary))
        .chain(survival::figure(summary))
        .collect()
}
