"""Rule `write_report`: write the report, one HTML page that needs no network."""

from dataclasses import fields

from phototags.io.logs import configure_logging
from phototags.params.pages import Report
from phototags.report.report_page import ReportInputs, write_report

given = snakemake  # noqa: F821
configure_logging(given.log[0])

write_report(
    given.output.report,
    given.params.run,
    Report.model_validate_json(given.params.settings),
    ReportInputs(**{field.name: given.input[field.name] for field in fields(ReportInputs)}),
)
