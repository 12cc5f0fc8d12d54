"""Usage: page_test.py REPORT_PAGE CHROMIUM. The report in a browser: it draws, points are told, nothing is fetched."""
import json, re, subprocess, sys, tempfile, unittest
from pathlib import Path

page_program = chromium = None

# Runs in the page after its own script; what `look` returns is put into the title, to be found in the dumped page.
PROBE = """<script>
const errors = [];
window.onerror = message => errors.push(message);
const svg = document.querySelector("svg.chart");
const figure = svg.closest("figure");
const told = () => [svg.querySelector(".step").textContent,
                    ...[...figure.querySelectorAll("output")].map(output => output.textContent)];
const look = () => { %s };
document.documentElement.dataset.found = JSON.stringify({found: look(), errors});
</script></body>"""


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = Path(cls.folder.name) / "report.html"
        subprocess.run([page_program, cls.file], check=True)

    def look(self, code):
        probed = self.file.with_name("probed.html")
        probed.write_text(self.file.read_text().replace("</body>", PROBE % code))
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,1024",
                   f"--user-data-dir={self.folder.name}/profile", "--dump-dom", probed.as_uri()]
        page = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
        found = json.loads(re.search(r'data-found="([^"]*)"', page).group(1).replace("&quot;", '"'))
        self.assertEqual(found["errors"], [])
        return found["found"]

    def test_curves_lie_within_their_chart(self):
        fits = self.look("""return [...document.querySelectorAll("figure")].map(f => {
              const chart = f.querySelector("svg").getBoundingClientRect();
              return [...f.querySelectorAll("path, circle, text:not(.step)")]
                .map(e => e.getBoundingClientRect())
                .every(b => b.left >= chart.left - 1 && b.right <= chart.right + 1 && b.top >= chart.top - 1 &&
                            b.bottom <= chart.bottom + 1);
            })""")
        self.assertEqual(fits, [True] * 3)

    def test_pointing_at_a_curve_tells_its_numbers(self):
        found = self.look("""const box = svg.getBoundingClientRect();
            const point = share => svg.dispatchEvent(
              new PointerEvent("pointermove", {clientX: box.left + box.width * share, clientY: box.top + 9}));
            point(1);
            const end = told();
            point(0);
            const begin = told();
            svg.dispatchEvent(new PointerEvent("pointerleave"));
            return {end, begin, left: told()};""")
        self.assertEqual(found, {"end": ["step 1000", "0.06325", "0.07906"], "begin": ["step 1", "2", "0.25 at 100"],
                                 "left": ["", "0.06325", "0.07906"]})

    def test_keys_do_so_too(self):
        found = self.look("""const press = key => {
              svg.dispatchEvent(new KeyboardEvent("keydown", {key}));
              return told()[0];
            };
            return ["End", "ArrowLeft", "ArrowRight", "ArrowRight", "Home", "ArrowRight", "x"].map(press);""")
        self.assertEqual(found, ["step 1000", "step 999", "step 1000", "step 1000", "step 1", "step 2", "step 2"])

    def test_dark_and_light_have_enough_contrast(self):
        """At least 4.5 to 1 for words, 3 to 1 for curves, in both schemes (WCAG 2.1, 1.4.3 and 1.4.11)."""
        style = re.search(r"<style>(.*?)</style>", self.file.read_text(), re.DOTALL).group(1)
        light, dark = style.split("@media (prefers-color-scheme: dark)")
        colours = dict(re.findall(r"--(\w+): #(\w{6})", light))
        for scheme in (colours, colours | dict(re.findall(r"--(\w+): #(\w{6})", dark))):
            for name, least in (("text", 4.5), ("quiet", 4.5), ("good", 4.5), ("bad", 4.5), ("train", 3), ("eval", 3),
                                ("test", 3)):
                for ground in ("page", "card"):
                    self.assertGreaterEqual(contrast(scheme[name], scheme[ground]), least, f"{name} on {ground}")


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (0, 2, 4)]
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


if __name__ == "__main__":
    chromium = sys.argv.pop(2)
    page_program = sys.argv.pop(1)
    unittest.main()
