"""Settings of Scrapy, polite by default: each differs from Scrapy's own for the reason beside it."""

from typing import Any

from crawlers.messages import Order
from crawlers.spider import CrawlSettings, Spider

_TIMEOUT_SECONDS = 60.0
_MOST_REDIRECTS = 5
_OFF = None


def scrapy_settings(spider: Spider, settings: CrawlSettings, order: Order) -> dict[str, Any]:
    """Return how Scrapy is set up for a crawl."""
    delay = 1.0 / settings.pages_per_second
    return {
        # Who we are: robots.txt is read for "textcx", and the site's owner can reach whoever runs this.
        "USER_AGENT": f"textcx/0.1 (+{settings.contact})",
        "DEFAULT_REQUEST_HEADERS": {"Accept": spider.accept, "Accept-Encoding": "gzip, deflate"},
        # What is asked: our sites, what robots.txt allows (Scrapy's own takes a site that fails for one that says yes).
        "DOWNLOADER_MIDDLEWARES": {"crawlers.manners.Manners": 100},
        "TEXTCX_HOSTS": sorted(settings.hosts),
        "TEXTCX_ALLOWS_PRIVATE": order.allows_private,
        "ROBOTSTXT_OBEY": False,  # `Manners` does
        "REDIRECT_MAX_TIMES": _MOST_REDIRECTS,
        "METAREFRESH_ENABLED": False,
        # How fast: a steady pace, slower where the site is slow.
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "CONCURRENT_REQUESTS": max(16, 2 * settings.at_once),
        "CONCURRENT_REQUESTS_PER_DOMAIN": settings.at_once,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(settings.at_once),
        "EXTENSIONS": {
            "scrapy.extensions.throttle.AutoThrottle": _OFF,
            "crawlers.manners.Throttle": 0,
            "scrapy.extensions.feedexport.FeedExporter": _OFF,
            "scrapy.extensions.logstats.LogStats": _OFF,
        },
        # Whom: checked addresses, with a certificate that is theirs; the environment names no proxy.
        "TWISTED_DNS_RESOLVER": "crawlers.resolver.CheckedResolver",
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_HANDLERS": {"file": _OFF, "data": _OFF, "ftp": _OFF, "s3": _OFF},
        "HTTPPROXY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        # How much: of one answer, packed or not, and for how long.
        "DOWNLOAD_MAXSIZE": settings.most_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": _TIMEOUT_SECONDS,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        # Whoever told us to ask decides about asking again; a cache on disk would hold what people wrote, unredacted.
        "RETRY_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "HTTPCACHE_ENABLED": False,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        # No other way in, and no word out but our own.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_ENABLED": False,
        "STATS_DUMP": False,
    }
