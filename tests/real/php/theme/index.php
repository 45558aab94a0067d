<!DOCTYPE html>
<html lang="en">
<head>
<title><?php echo esc_html(wp_get_document_title()); ?></title>
<?php if (is_singular() && pings_open()) : ?>
<link rel="pingback" href="<?php echo esc_url(get_bloginfo('pingback_url')); ?>">
<?php endif; ?>
</head>
<body>
<?php while (have_posts()) : the_post(); ?>
<h1><?php the_title(); ?></h1>
<?php the_content(); ?>
<?php if (is_singular()) trackback_rdf(); ?>
<?php endwhile; ?>
</body>
</html>
