"""The two jobs of the benchmark for gunicorn + Flask: a connection per thread kept open, Jinja2 templates."""
import json
import os
import threading
import time
from datetime import timezone
from pathlib import Path

import MySQLdb
import MySQLdb.cursors
from flask import Flask, Response

DIR = Path(os.environ["BENCH_DIR"])
SQL = (Path(__file__).parent / "listings.sql").read_text()
HEAD = (DIR / "frame-head.html").read_text()
TAIL = (DIR / "frame-tail.html").read_text()
CARDS = """{% for r in rows %}<li class="card cat-{{ r.colour }} in-{{ r.top }}">
<span class="thumb" aria-hidden="true"></span>
<h2 class="card-title"><a class="card-link" href="/listings/{{ r.id }}/{{ r.slug }}">{{ r.title }}</a></h2>
<p class="price">{{ r.price_minor | money }}</p>
<p class="meta"><span class="chip cat-{{ r.colour }}">{{ r.category_name }}</span> <span class="place">{{ r.place_name }}</span> <time datetime="{{ r.published_at | rfc3339 }}">{{ r.published_at | age }}</time></p>
</li>
{% endfor %}"""

app = Flask(__name__)
local = threading.local()


def rows():
    if not hasattr(local, "db"):
        local.db = MySQLdb.connect(
            unix_socket=os.environ["BENCH_SOCKET"], db=os.environ["BENCH_DATABASE"], user=os.environ["BENCH_USER"],
            passwd=os.environ["BENCH_PASSWORD"], charset="utf8mb4", cursorclass=MySQLdb.cursors.DictCursor, autocommit=True)
    cursor = local.db.cursor()
    cursor.execute(SQL)
    return cursor.fetchall()[:20]


@app.template_filter("rfc3339")
def rfc3339(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


@app.template_filter("money")
def money(minor):
    return "Free" if minor == 0 else f"${minor / 100:,.0f}" if minor % 100 == 0 else f"${minor / 100:,.2f}"


@app.template_filter("age")
def age(t):
    s = int(time.time() - t.replace(tzinfo=timezone.utc).timestamp())
    n, unit = (s // 60, "minute") if s < 3600 else (s // 3600, "hour") if s < 86400 else (s // 86400, "day")
    return f"{n} {unit}{'' if n == 1 else 's'} ago"


TEMPLATE = app.jinja_env.from_string("{% autoescape true %}" + CARDS + "{% endautoescape %}")


@app.get("/json")
def as_json():
    listings = [{
        "id": r["id"], "title": r["title"], "slug": r["slug"], "summary": r["summary"], "price_cents": r["price_minor"], "currency": r["currency"],
        "category": r["category"], "location": r["place"], "stock": r["stock"], "photo": None, "published_at": rfc3339(r["published_at"]),
        "url": f"/listings/{r['id']}/{r['slug']}",
    } for r in rows()]
    return Response(json.dumps({"listings": listings, "next_cursor": "x"}, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")


@app.get("/html")
def as_html():
    return HEAD + TEMPLATE.render(rows=rows()) + TAIL
