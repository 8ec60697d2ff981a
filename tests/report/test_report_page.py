"""The report is one page: nothing in it comes from elsewhere, and nothing in it can act."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from phototags.errors import CorpusError
from phototags.params.pages import Report
from phototags.report.report_page import read_predictions, write_report

SHOWN, HIDDEN = Report(photos=3, show_photos=True), Report(photos=3, show_photos=False)


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of each element of interest."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
def page(small_run, tmp_path):
    write_report(tmp_path / "report.html", "tiny", SHOWN, small_run)
    return (tmp_path / "report.html").read_text()


def test_the_page_loads_nothing_from_elsewhere(page):
    elements = Elements(page)
    loaded = [
        a.get("src", a.get("href"))
        for tag in ("img", "script", "link", "iframe")
        for a in elements.of(tag)
    ]
    assert all(source.startswith("data:") for source in loaded if source)
    assert not re.search(r"url\(|@import", page)


def test_the_page_forbids_itself_what_it_does_not_need(page):
    (policy,) = [a["content"] for a in Elements(page).of("meta") if a.get("http-equiv")]
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy and "default-src 'none'" in policy


def test_titles_and_tags_of_strangers_are_escaped(page):
    assert 'alert("x")' not in page and "<b>bold</b>" not in page
    assert "&lt;script&gt;" in page and "&lt;b&gt;bold&lt;/b&gt;" in page


def test_a_link_that_is_no_web_address_is_no_link(page):
    links = [a["href"] for a in Elements(page).of("a")]
    assert links and all(link.startswith(("#", "https://")) for link in links)


def test_shown_photos_stand_beside_author_and_licence(page):
    pictures = [a for a in Elements(page).of("img") if a["src"].startswith("data:image/jpeg")]
    assert len(pictures) == 3 + 3
    assert len(re.findall(r"Author \d", page)) == 3 + 3
    assert page.count(">CC0<") + page.count("CC0\n") >= 3


def test_hits_are_marked_and_only_hits(page):
    marked = set(re.findall(r'<li class="hit">([^<]*)</li>', page))
    assert marked == {"sea"}


def test_the_best_system_is_shown_first(page):
    chosen = [a["id"] for a in Elements(page).of("input") if "checked" in a]
    assert chosen == ["show-2"]


def test_losses_add_up_from_listed_to_used(page):
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    assert re.search(r"listed by the source\s+11\s+list_photos\s+no picture\s+3\s+8", text)
    assert re.search(r"duplicate\s+2\s+6\s+embed_photos\s+undecodable\s+1\s+5\s+used\s+5", text)


def test_tags_are_listed_to_be_sorted_by_number_and_taken_for_others(page):
    section = page.split('<section id="tags">')[1].split("</section>")[0]
    assert '<table class="sortable">' in section and section.count("<button>") == 8
    rows = section.split("<tbody>")[1].split("</tr>")[:2]
    assert '<th scope="row">null</th>' in rows[0] and 'data-value="0.753"' in rows[0]
    assert "75.3 <small>50.0 to 95.0</small>" in rows[0]
    assert "&lt;b&gt;bold&lt;/b&gt; <small>75 %</small>" in rows[0]  # on 3 of 4 test photos
    assert 'data-value="-1"' in rows[1]  # no visualness: behind all that have one


def test_the_headline_is_drawn_and_the_other_tables_are_shown(page):
    assert "not shown twice" not in page and "Two of them." in page
    assert "first tag of im2vec was one that people wrote for 30 of 100" in page


def test_the_same_inputs_give_the_same_bytes(small_run, tmp_path, page):
    write_report(tmp_path / "again.html", "tiny", SHOWN, small_run)
    assert (tmp_path / "again.html").read_text() == page


def test_where_terms_forbid_it_no_photo_title_or_tag_is_shown(small_run, tmp_path):
    without = replace(small_run, shards=[])
    write_report(tmp_path / "report.html", "tiny", HIDDEN, without)
    page = (tmp_path / "report.html").read_text()
    assert "image/jpeg" not in page and "Title 2" not in page and "Author" not in page
    assert "do not let a page show them" in page and "P@1" in page


def test_no_photos_asked_for_shows_none(small_run, tmp_path):
    write_report(tmp_path / "report.html", "tiny", Report(photos=0, show_photos=True), small_run)
    assert "image/jpeg" not in (tmp_path / "report.html").read_text()


def test_a_system_is_named_with_its_corpus_when_there_are_several(small_run, tmp_path):
    other = (
        tmp_path / "models" / "tiny" / "stamps" / "im2vec" / "seed0" / "predictions_stamps.parquet"
    )
    other.parent.mkdir(parents=True)
    other.write_bytes(small_run.predictions[-1].read_bytes())
    names = read_predictions([*small_run.predictions, other])["stamps"]
    assert list(names) == ["frequency of shapes", "im2vec of shapes", "im2vec of stamps"]


def test_predictions_under_another_name_are_refused(tmp_path):
    with pytest.raises(CorpusError, match="score_tagger"):
        read_predictions([tmp_path / "guesses.parquet"])
