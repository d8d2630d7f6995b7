import gzip
import json

from docweave.search import Entry, Section, index, sections

PAGE = """\
<p>Before everything.</p>
<h1 id="layers">Layers &amp; <code>models</code><a class="headerlink" href="#layers" title="Link to this section">#</a></h1>
<p>A <strong>layer</strong> is a <em>func</em>tion,<br>see <a href="../graph/">the graph</a>.</p>
<ul><li>one</li><li><strong>shared weights</strong></li></ul>
<h2 id="build">Build<a class="headerlink" href="#build">#</a></h2>
<div class="highlight"><pre><span></span><code>pip install keras</code></pre></div>
<pre>x = keras.layers.Dense(32)(x)
loss_weights = {"age": 1.5}
x</pre>
<details><summary>Check yourself</summary><p>Why 1 &lt; 2?</p></details>
"""


def test_a_section_is_a_heading_with_what_stands_below_it():
    layers, build = sections(PAGE)
    assert (layers.id, layers.title) == ("layers", "Layers & models")
    assert layers.text == "A layer is a function, see the graph. one shared weights"
    assert (build.id, build.title, build.text) == ("build", "Build", "Check yourself Why 1 < 2?")


def test_what_is_set_in_bold_is_known_as_a_term():
    layers, build = sections(PAGE)
    assert (layers.key, build.key) == ("layer shared weights", "")


def test_of_code_the_names_are_kept_each_once_and_dotted_names_whole():
    layers, build = sections(PAGE)
    assert layers.code == ""
    assert build.code == "pip install keras x keras.layers.Dense loss_weights age"


def test_what_stands_before_the_first_heading_is_left_out():
    assert "Before" not in str(sections(PAGE))
    assert sections("<p>No heading at all.</p>") == ()


def test_a_heading_without_an_id_begins_no_section_since_no_link_leads_there():
    assert [section.id for section in sections("<h1 id='a'>A</h1><h2>B</h2><p>C</p>")] == ["a"]


def test_the_file_is_json_that_gzip_unpacks_and_always_the_same():
    layers = Section("layers", "Слои", "Слой — это функция.", "слой", "layers.Dense")
    build = Section("build", "Собрать", "Соберём сеть.", "", "keras.Model")
    entries = (Entry("ru/layers/", (layers, build)), Entry("ru/", (build,)))
    file = index(entries)
    assert json.loads(gzip.decompress(file)) == {
        "url": ["ru/layers/#layers", "ru/layers/#build", "ru/#build"],
        "page": ["", "Слои", ""],
        "title": ["Слои", "Собрать", "Собрать"],
        "key": ["слой", "", ""],
        "code": ["layers.Dense", "keras.Model", "keras.Model"],
        "text": ["Слой — это функция.", "Соберём сеть.", "Соберём сеть."],
    }
    index.cache_clear()
    assert index(entries) == file


def test_a_page_that_has_not_changed_is_not_read_again():
    assert sections(PAGE) is sections(PAGE)
