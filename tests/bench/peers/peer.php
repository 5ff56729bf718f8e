<?php
// The two jobs of the benchmark for php-fpm: a persistent connection, a native prepared statement, opcache.
declare(strict_types=1);

$dir = $_SERVER['BENCH_DIR'];
$db = new PDO('mysql:unix_socket=' . $_SERVER['BENCH_SOCKET'] . ';dbname=' . $_SERVER['BENCH_DATABASE'] . ';charset=utf8mb4', $_SERVER['BENCH_USER'], $_SERVER['BENCH_PASSWORD'],
	[PDO::ATTR_PERSISTENT => true, PDO::ATTR_EMULATE_PREPARES => false, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$q = $db->prepare(file_get_contents(__DIR__ . '/listings.sql'));
$q->execute();
$rows = array_slice($q->fetchAll(PDO::FETCH_ASSOC), 0, 20);

function rfc3339(string $t): string
{
	return str_replace(' ', 'T', $t) . 'Z';
}

if ($_SERVER['BENCH_JOB'] === 'json') {
	header('Content-Type: application/json');
	$list = array_map(fn($r) => [
		'id' => (int)$r['id'], 'title' => $r['title'], 'slug' => $r['slug'], 'summary' => $r['summary'],
		'price_cents' => (int)$r['price_minor'], 'currency' => $r['currency'], 'category' => $r['category'], 'location' => $r['place'],
		'stock' => (int)$r['stock'], 'photo' => null, 'published_at' => rfc3339($r['published_at']),
		'url' => "/listings/{$r['id']}/{$r['slug']}",
	], $rows);
	$out = json_encode(['listings' => $list, 'next_cursor' => 'x'], JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
	header('Content-Length: ' . strlen($out));
	echo $out;
	return;
}

function e(string $s): string
{
	return htmlspecialchars($s, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

function money(int $minor): string
{
	return $minor === 0 ? 'Free' : '$' . number_format($minor / 100, $minor % 100 === 0 ? 0 : 2);
}

function age(string $t): string
{
	$s = time() - strtotime($t . ' UTC');
	[$n, $unit] = $s < 3600 ? [intdiv($s, 60), 'minute'] : ($s < 86400 ? [intdiv($s, 3600), 'hour'] : [intdiv($s, 86400), 'day']);
	return $n . ' ' . $unit . ($n === 1 ? '' : 's') . ' ago';
}

ob_start();
readfile("$dir/frame-head.html");
foreach ($rows as $r): ?>
<li class="card cat-<?= (int)$r['colour'] ?> in-<?= e($r['top']) ?>">
<span class="thumb" aria-hidden="true"></span>
<h2 class="card-title"><a class="card-link" href="/listings/<?= (int)$r['id'] ?>/<?= e($r['slug']) ?>"><?= e($r['title']) ?></a></h2>
<p class="price"><?= e(money((int)$r['price_minor'])) ?></p>
<p class="meta"><span class="chip cat-<?= (int)$r['colour'] ?>"><?= e($r['category_name']) ?></span> <span class="place"><?= e($r['place_name']) ?></span> <time datetime="<?= rfc3339($r['published_at']) ?>"><?= e(age($r['published_at'])) ?></time></p>
</li>
<?php endforeach;
readfile("$dir/frame-tail.html");
header('Content-Type: text/html; charset=utf-8');
header('Content-Length: ' . ob_get_length());
ob_end_flush();
