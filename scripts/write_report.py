"""Rule `write_report`: write the report, one HTML page that needs no network."""

from phototags.io.logs import configure_logging
from phototags.params.pages import Report
from phototags.report.report_page import Inputs, write_report

given = snakemake  # noqa: F821
configure_logging(given.log[0])

write_report(
    given.output.report,
    given.params.run,
    Report.model_validate_json(given.params.settings),
    Inputs(
        scores=given.input.scores,
        drops=given.input.drops,
        tables=given.input.tables,
        figures=given.input.figures,
        predictions=given.input.predictions,
        photos=given.input.photos,
        tags=given.input.tags,
        shards=given.input.shards,
        tag_maps=given.input.tag_maps,
        nearest_tags=given.input.nearest_tags,
    ),
)
