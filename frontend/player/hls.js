/** hls.js without what single-file renditions don't need: other sound tracks, subtitles in playlists, DRM, advertisements. */
export { default } from "hls.js/light";
