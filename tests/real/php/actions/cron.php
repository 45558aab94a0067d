<?php
/* Runs what is due, pings to others among it, and returns when it is done. */
require "$web/wp-cron.php";
